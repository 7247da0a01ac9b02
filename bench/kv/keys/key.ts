export const valueBytes = 100;

/** Of 24 bytes, and not in the order of the numbers: a good mix of them. */
export function keyOf(number: number): Buffer {
  const key = Buffer.alloc(24, 'key');
  key.writeUInt32BE(Math.imul(number, 2_654_435_761) >>> 0, 16);
  key.writeUInt32BE(number, 20);
  return key;
}
