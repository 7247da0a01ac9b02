/** The prefix of each gRPC message: a flag byte and four bytes of length. */
export const prefix = 5;

/** Messages as gRPC has them on the wire, in one piece. */
export function frame(messages: readonly Buffer[]): Buffer {
  const bytes = Buffer.allocUnsafe(messages.reduce((total, { length }) => total + prefix + length, 0));
  let at = 0;
  for (const message of messages) {
    bytes[at] = 0;
    bytes.writeUInt32BE(message.length, at + 1);
    at += prefix + message.copy(bytes, at + prefix);
  }
  return bytes;
}

/** Takes what comes from the wire, in pieces of any size, and gives each message. */
export function unframe(take: (message: Buffer) => void): (piece: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (piece) => {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let at = 0;
    while (bytes.length - at >= prefix) {
      const end = at + prefix + bytes.readUInt32BE(at + 1);
      if (end > bytes.length) break;
      take(bytes.subarray(at + prefix, end));
      at = end;
    }
    rest = bytes.subarray(at);
  };
}
