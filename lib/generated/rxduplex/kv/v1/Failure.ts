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
  /**
   * Nothing of the operation was done, and nothing will be. Not set where the store cannot tell, because it failed while
   * it was writing.
   */
  notDone?: boolean;
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
  /**
   * Nothing of the operation was done, and nothing will be. Not set where the store cannot tell, because it failed while
   * it was writing.
   */
  notDone: boolean;
}
