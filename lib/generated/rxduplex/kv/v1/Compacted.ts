// Original file: proto/rxduplex/kv/v1/kv.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Revisions that are not known.
 */
export interface Compacted {
  /**
   * The oldest one after them that is.
   */
  oldest?: number | string | Long;
}

/**
 * Revisions that are not known.
 */
export interface Compacted__Output {
  /**
   * The oldest one after them that is.
   */
  oldest: string;
}
