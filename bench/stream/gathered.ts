import { prefix } from '../frames.js';

/** What one write carries at most: one HTTP/2 frame. More was slower for every contender. */
const maxBytes = 1 << 14;

/**
 * One write is on its way at a time; the next one carries what has gathered. Gives the function that writes what `next`
 * has.
 */
export function gathered(
  next: () => Buffer | undefined,
  write: (messages: readonly Buffer[], flushed: () => void) => void,
): () => void {
  let writing = false;
  const send = (): void => {
    if (writing) return;
    const messages: Buffer[] = [];
    let bytes = 0;
    while (bytes < maxBytes) {
      const message = next();
      if (!message) break;
      messages.push(message);
      bytes += prefix + message.length;
    }
    if (messages.length === 0) return;
    writing = true;
    write(messages, () => {
      writing = false;
      send();
    });
  };
  return send;
}
