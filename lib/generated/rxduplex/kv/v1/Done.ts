// Original file: proto/rxduplex/kv/v1/kv.proto

import type { Long } from '@grpc/proto-loader';

/**
 * It was done.
 */
export interface Done {
  /**
   * The revision of it, which is the version of every value that it wrote. If there was nothing to change, that of the
   * store.
   */
  revision?: number | string | Long;
}

/**
 * It was done.
 */
export interface Done__Output {
  /**
   * The revision of it, which is the version of every value that it wrote. If there was nothing to change, that of the
   * store.
   */
  revision: string;
}
