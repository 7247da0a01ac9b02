// Original file: proto/rxduplex/kv/v1/kv.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The watch has begun.
 */
export interface Begun {
  /**
   * The revision from which on every change is told.
   */
  from?: number | string | Long;
}

/**
 * The watch has begun.
 */
export interface Begun__Output {
  /**
   * The revision from which on every change is told.
   */
  from: string;
}
