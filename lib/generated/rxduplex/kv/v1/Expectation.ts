// Original file: proto/rxduplex/kv/v1/kv.proto

import type { Long } from '@grpc/proto-loader';

/**
 * What is expected of a key before it is written.
 */
export interface Expectation {
  /**
   * It has the value of this version.
   */
  version?: number | string | Long;
  /**
   * It has a value, or has none.
   */
  exists?: boolean;
  /**
   * None is set if nothing is expected.
   */
  expected?: 'version' | 'exists';
}

/**
 * What is expected of a key before it is written.
 */
export interface Expectation__Output {
  /**
   * It has the value of this version.
   */
  version?: string;
  /**
   * It has a value, or has none.
   */
  exists?: boolean;
  /**
   * None is set if nothing is expected.
   */
  expected?: 'version' | 'exists';
}
