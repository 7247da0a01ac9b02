// Original file: proto/rxduplex/kv/v1/kv.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The write was applied.
 */
export interface Done {
  /**
   * The revision of the write, which is the version of every value that it wrote. If there was nothing to change, the
   * revision of the store.
   */
  revision?: number | string | Long;
}

/**
 * The write was applied.
 */
export interface Done__Output {
  /**
   * The revision of the write, which is the version of every value that it wrote. If there was nothing to change, the
   * revision of the store.
   */
  revision: string;
}
