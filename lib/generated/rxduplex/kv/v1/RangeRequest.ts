// Original file: proto/rxduplex/kv/v1/kv.proto

/**
 * Which keys are asked for.
 */
export interface RangeRequest {
  /**
   * The first key; empty for the first of all.
   */
  start?: Buffer | Uint8Array | string;
  /**
   * The first key that is no more asked for; empty for none.
   */
  end?: Buffer | Uint8Array | string;
  /**
   * How many entries at most; 0 for as many as one answer holds.
   */
  limit?: number;
  /**
   * That of the answer before, if this is to go on after it.
   */
  continuation?: Buffer | Uint8Array | string;
}

/**
 * Which keys are asked for.
 */
export interface RangeRequest__Output {
  /**
   * The first key; empty for the first of all.
   */
  start: Buffer;
  /**
   * The first key that is no more asked for; empty for none.
   */
  end: Buffer;
  /**
   * How many entries at most; 0 for as many as one answer holds.
   */
  limit: number;
  /**
   * That of the answer before, if this is to go on after it.
   */
  continuation: Buffer;
}
