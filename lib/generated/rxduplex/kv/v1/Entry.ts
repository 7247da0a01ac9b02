// Original file: proto/rxduplex/kv/v1/kv.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A key with its value.
 */
export interface Entry {
  /**
   * Its bytes decide the order of keys.
   */
  key?: Buffer | Uint8Array | string;
  /**
   * May be empty.
   */
  value?: Buffer | Uint8Array | string;
  /**
   * The revision that wrote it.
   */
  version?: number | string | Long;
}

/**
 * A key with its value.
 */
export interface Entry__Output {
  /**
   * Its bytes decide the order of keys.
   */
  key: Buffer;
  /**
   * May be empty.
   */
  value: Buffer;
  /**
   * The revision that wrote it.
   */
  version: string;
}
