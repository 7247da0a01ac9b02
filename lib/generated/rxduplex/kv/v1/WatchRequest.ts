// Original file: proto/rxduplex/kv/v1/kv.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Which changes are asked for.
 */
export interface WatchRequest {
  /**
   * The first key; empty for the first of all.
   */
  start?: Buffer | Uint8Array | string;
  /**
   * The first key that is no more watched; empty for none.
   */
  end?: Buffer | Uint8Array | string;
  /**
   * The first revision; 0 for the next one.
   */
  from?: number | string | Long;
}

/**
 * Which changes are asked for.
 */
export interface WatchRequest__Output {
  /**
   * The first key; empty for the first of all.
   */
  start: Buffer;
  /**
   * The first key that is no more watched; empty for none.
   */
  end: Buffer;
  /**
   * The first revision; 0 for the next one.
   */
  from: string;
}
