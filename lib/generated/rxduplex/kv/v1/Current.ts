// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Entry as _rxduplex_kv_v1_Entry,
  Entry__Output as _rxduplex_kv_v1_Entry__Output,
} from '../../../rxduplex/kv/v1/Entry.js';

/**
 * The current state of a key.
 */
export interface Current {
  /**
   * The key.
   */
  key?: Buffer | Uint8Array | string;
  /**
   * Not set if the key has no value.
   */
  entry?: _rxduplex_kv_v1_Entry | null;
}

/**
 * The current state of a key.
 */
export interface Current__Output {
  /**
   * The key.
   */
  key: Buffer;
  /**
   * Not set if the key has no value.
   */
  entry: _rxduplex_kv_v1_Entry__Output | null;
}
