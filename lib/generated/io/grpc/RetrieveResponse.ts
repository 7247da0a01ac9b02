// Original file: proto/io/grpc/kvservice.proto

/**
 * What there is.
 */
export interface RetrieveResponse {
  /**
   * The value of the key.
   */
  value?: Buffer | Uint8Array | string;
}

/**
 * What there is.
 */
export interface RetrieveResponse__Output {
  /**
   * The value of the key.
   */
  value: Buffer;
}
