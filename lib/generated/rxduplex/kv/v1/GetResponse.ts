// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Entry as _rxduplex_kv_v1_Entry,
  Entry__Output as _rxduplex_kv_v1_Entry__Output,
} from '../../../rxduplex/kv/v1/Entry.js';
import type { Long } from '@grpc/proto-loader';

/**
 * How things are.
 */
export interface GetResponse {
  /**
   * Not set if the key has no value.
   */
  entry?: _rxduplex_kv_v1_Entry | null;
  /**
   * Of the store, when it was read.
   */
  revision?: number | string | Long;
}

/**
 * How things are.
 */
export interface GetResponse__Output {
  /**
   * Not set if the key has no value.
   */
  entry: _rxduplex_kv_v1_Entry__Output | null;
  /**
   * Of the store, when it was read.
   */
  revision: string;
}
