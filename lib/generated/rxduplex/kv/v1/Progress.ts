// Original file: proto/rxduplex/kv/v1/kv.proto

import type { Long } from '@grpc/proto-loader';

/**
 * How far a watch has come that has nothing to tell.
 */
export interface Progress {
  /**
   * All that was watched has been told up to this revision.
   */
  revision?: number | string | Long;
}

/**
 * How far a watch has come that has nothing to tell.
 */
export interface Progress__Output {
  /**
   * All that was watched has been told up to this revision.
   */
  revision: string;
}
