// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Entry as _rxduplex_kv_v1_Entry,
  Entry__Output as _rxduplex_kv_v1_Entry__Output,
} from '../../../rxduplex/kv/v1/Entry.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Some of what is there. Each answer is as the store was at one revision; the next one may be of a later.
 */
export interface RangeResponse {
  /**
   * In the order of their keys.
   */
  entries?: _rxduplex_kv_v1_Entry[];
  /**
   * Not empty if there is more.
   */
  continuation?: Buffer | Uint8Array | string;
  /**
   * The revision of the store when it was read.
   */
  revision?: number | string | Long;
}

/**
 * Some of what is there. Each answer is as the store was at one revision; the next one may be of a later.
 */
export interface RangeResponse__Output {
  /**
   * In the order of their keys.
   */
  entries: _rxduplex_kv_v1_Entry__Output[];
  /**
   * Not empty if there is more.
   */
  continuation: Buffer;
  /**
   * The revision of the store when it was read.
   */
  revision: string;
}
