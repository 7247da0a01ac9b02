// Original file: proto/rxduplex/kv/v1/kv.proto

/**
 * A key whose value is taken away.
 */
export interface Remove {
  /**
   * The key.
   */
  key?: Buffer | Uint8Array | string;
}

/**
 * A key whose value is taken away.
 */
export interface Remove__Output {
  /**
   * The key.
   */
  key: Buffer;
}
