declare const key: unique symbol;

/** The bytes of a key, a character each: strings of them are compared as the bytes are. */
export type Key = string & { readonly [key]: true };

export function keyOf(bytes: Uint8Array): Key {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1') as Key;
}

export function bytesOf(key: Key): Buffer {
  return Buffer.from(key, 'latin1');
}
