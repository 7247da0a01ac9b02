// Original file: proto/io/grpc/kvservice.proto

/**
 * What is to be created.
 */
export interface CreateRequest {
  /**
   * The key.
   */
  key?: Buffer | Uint8Array | string;
  /**
   * Its value.
   */
  value?: Buffer | Uint8Array | string;
}

/**
 * What is to be created.
 */
export interface CreateRequest__Output {
  /**
   * The key.
   */
  key: Buffer;
  /**
   * Its value.
   */
  value: Buffer;
}
