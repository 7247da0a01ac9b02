// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Expectation as _rxduplex_kv_v1_Expectation,
  Expectation__Output as _rxduplex_kv_v1_Expectation__Output,
} from '../../../rxduplex/kv/v1/Expectation.js';

/**
 * What is to be deleted.
 */
export interface DeleteRequest {
  /**
   * The key.
   */
  key?: Buffer | Uint8Array | string;
  /**
   * Nothing, if it is to be deleted whatever there is.
   */
  expected?: _rxduplex_kv_v1_Expectation | null;
}

/**
 * What is to be deleted.
 */
export interface DeleteRequest__Output {
  /**
   * The key.
   */
  key: Buffer;
  /**
   * Nothing, if it is to be deleted whatever there is.
   */
  expected: _rxduplex_kv_v1_Expectation__Output | null;
}
