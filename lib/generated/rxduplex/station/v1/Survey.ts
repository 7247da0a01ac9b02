// Original file: proto/rxduplex/station/v1/station.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A piece of slow work.
 */
export interface Survey {
  /**
   * Counted from 1 on each stream.
   */
  number?: number | string | Long;
}

/**
 * A piece of slow work.
 */
export interface Survey__Output {
  /**
   * Counted from 1 on each stream.
   */
  number: string;
}
