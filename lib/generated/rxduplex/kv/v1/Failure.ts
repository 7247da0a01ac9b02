// Original file: proto/rxduplex/kv/v1/kv.proto

/**
 * Why an operation could not be done.
 */
export interface Failure {
  /**
   * A status code of gRPC.
   */
  code?: number;
  /**
   * In plain words.
   */
  message?: string;
}

/**
 * Why an operation could not be done.
 */
export interface Failure__Output {
  /**
   * A status code of gRPC.
   */
  code: number;
  /**
   * In plain words.
   */
  message: string;
}
