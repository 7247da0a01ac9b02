// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Entry as _rxduplex_kv_v1_Entry,
  Entry__Output as _rxduplex_kv_v1_Entry__Output,
} from '../../../rxduplex/kv/v1/Entry.js';

/**
 * One key that was written.
 */
export interface Change {
  /**
   * The key.
   */
  key?: Buffer | Uint8Array | string;
  /**
   * Not set if the value was taken away.
   */
  entry?: _rxduplex_kv_v1_Entry | null;
}

/**
 * One key that was written.
 */
export interface Change__Output {
  /**
   * The key.
   */
  key: Buffer;
  /**
   * Not set if the value was taken away.
   */
  entry: _rxduplex_kv_v1_Entry__Output | null;
}
