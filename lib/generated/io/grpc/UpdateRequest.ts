// Original file: proto/io/grpc/kvservice.proto

/**
 * What is to be replaced.
 */
export interface UpdateRequest {
  /**
   * The key.
   */
  key?: Buffer | Uint8Array | string;
  /**
   * Its new value.
   */
  value?: Buffer | Uint8Array | string;
}

/**
 * What is to be replaced.
 */
export interface UpdateRequest__Output {
  /**
   * The key.
   */
  key: Buffer;
  /**
   * Its new value.
   */
  value: Buffer;
}
