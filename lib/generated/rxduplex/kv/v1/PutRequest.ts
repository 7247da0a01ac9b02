// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Expectation as _rxduplex_kv_v1_Expectation,
  Expectation__Output as _rxduplex_kv_v1_Expectation__Output,
} from '../../../rxduplex/kv/v1/Expectation.js';

/**
 * What is to be written.
 */
export interface PutRequest {
  /**
   * The key.
   */
  key?: Buffer | Uint8Array | string;
  /**
   * Its new value.
   */
  value?: Buffer | Uint8Array | string;
  /**
   * Nothing, if it is to be written whatever there is.
   */
  expected?: _rxduplex_kv_v1_Expectation | null;
}

/**
 * What is to be written.
 */
export interface PutRequest__Output {
  /**
   * The key.
   */
  key: Buffer;
  /**
   * Its new value.
   */
  value: Buffer;
  /**
   * Nothing, if it is to be written whatever there is.
   */
  expected: _rxduplex_kv_v1_Expectation__Output | null;
}
