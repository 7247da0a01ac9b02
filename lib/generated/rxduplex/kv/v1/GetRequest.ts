// Original file: proto/rxduplex/kv/v1/kv.proto

/**
 * Which value is asked for.
 */
export interface GetRequest {
  /**
   * The key.
   */
  key?: Buffer | Uint8Array | string;
}

/**
 * Which value is asked for.
 */
export interface GetRequest__Output {
  /**
   * The key.
   */
  key: Buffer;
}
