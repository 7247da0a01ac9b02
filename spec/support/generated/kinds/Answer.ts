// Original file: proto/kinds.proto

/**
 * What is answered.
 */
export interface Answer {
  /**
   * The number that was asked, or the sum of them.
   */
  id?: number;
  /**
   * Some bytes, for their length.
   */
  payload?: Buffer | Uint8Array | string;
}

/**
 * What is answered.
 */
export interface Answer__Output {
  /**
   * The number that was asked, or the sum of them.
   */
  id: number;
  /**
   * Some bytes, for their length.
   */
  payload: Buffer;
}
