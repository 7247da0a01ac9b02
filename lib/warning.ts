/** So many kinds are warned of at most: a kind may have a name in it that somebody else has chosen. */
const maxKinds = 256;

const warned = new Set<string>();

/**
 * Tells the owner of the process of something that nobody would notice otherwise, once for each kind. Node prints it,
 * and gives it to `process.on('warning')`.
 */
export function warnOnce(code: `RXDUPLEX_${string}`, message: string, kind: string = code): void {
  if (warned.has(kind) || warned.size === maxKinds) return;
  warned.add(kind);
  process.emitWarning(message, { type: 'RxDuplexWarning', code });
}
