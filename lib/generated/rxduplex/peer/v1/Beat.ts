// Original file: proto/rxduplex/peer/v1/peer.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A sign of life.
 */
export interface Beat {
  /**
   * The sender's clock, in milliseconds since 1970 (UTC).
   */
  at?: number | string | Long;
}

/**
 * A sign of life.
 */
export interface Beat__Output {
  /**
   * The sender's clock, in milliseconds since 1970 (UTC).
   */
  at: string;
}
