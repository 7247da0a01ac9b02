// Original file: proto/rxduplex/kv/v1/kv.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Revisions that are no longer there.
 */
export interface Compacted {
  /**
   * The oldest one that is.
   */
  oldest?: number | string | Long;
}

/**
 * Revisions that are no longer there.
 */
export interface Compacted__Output {
  /**
   * The oldest one that is.
   */
  oldest: string;
}
