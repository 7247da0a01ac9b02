// Original file: proto/io/grpc/kvservice.proto

/**
 * Which value is asked for.
 */
export interface RetrieveRequest {
  /**
   * The key.
   */
  key?: Buffer | Uint8Array | string;
}

/**
 * Which value is asked for.
 */
export interface RetrieveRequest__Output {
  /**
   * The key.
   */
  key: Buffer;
}
