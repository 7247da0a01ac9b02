// Original file: proto/rxduplex/kv/v1/kv.proto

/**
 * A key and the value it is given.
 */
export interface Put {
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
 * A key and the value it is given.
 */
export interface Put__Output {
  /**
   * The key.
   */
  key: Buffer;
  /**
   * Its new value.
   */
  value: Buffer;
}
