// Original file: proto/io/grpc/kvservice.proto

/**
 * What is to be deleted.
 */
export interface DeleteRequest {
  /**
   * The key.
   */
  key?: Buffer | Uint8Array | string;
}

/**
 * What is to be deleted.
 */
export interface DeleteRequest__Output {
  /**
   * The key.
   */
  key: Buffer;
}
