// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Expectation as _rxduplex_kv_v1_Expectation,
  Expectation__Output as _rxduplex_kv_v1_Expectation__Output,
} from '../../../rxduplex/kv/v1/Expectation.js';

/**
 * What has to hold.
 */
export interface Condition {
  /**
   * The key.
   */
  key?: Buffer | Uint8Array | string;
  /**
   * What is expected of it.
   */
  expected?: _rxduplex_kv_v1_Expectation | null;
}

/**
 * What has to hold.
 */
export interface Condition__Output {
  /**
   * The key.
   */
  key: Buffer;
  /**
   * What is expected of it.
   */
  expected: _rxduplex_kv_v1_Expectation__Output | null;
}
