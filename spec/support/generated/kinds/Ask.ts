// Original file: proto/kinds.proto

/**
 * What is asked.
 */
export interface Ask {
  /**
   * The number that comes back.
   */
  id?: number;
  /**
   * Some bytes, for their length.
   */
  payload?: Buffer | Uint8Array | string;
}

/**
 * What is asked.
 */
export interface Ask__Output {
  /**
   * The number that comes back.
   */
  id: number;
  /**
   * Some bytes, for their length.
   */
  payload: Buffer;
}
