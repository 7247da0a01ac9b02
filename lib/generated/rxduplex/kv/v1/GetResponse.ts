// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Entry as _rxduplex_kv_v1_Entry,
  Entry__Output as _rxduplex_kv_v1_Entry__Output,
} from '../../../rxduplex/kv/v1/Entry.js';
import type { Long } from '@grpc/proto-loader';

/**
 * The current value of a key.
 */
export interface GetResponse {
  /**
   * Not set if the key has no value.
   */
  entry?: _rxduplex_kv_v1_Entry | null;
  /**
   * The revision of the store when it was read.
   */
  revision?: number | string | Long;
}

/**
 * The current value of a key.
 */
export interface GetResponse__Output {
  /**
   * Not set if the key has no value.
   */
  entry: _rxduplex_kv_v1_Entry__Output | null;
  /**
   * The revision of the store when it was read.
   */
  revision: string;
}
