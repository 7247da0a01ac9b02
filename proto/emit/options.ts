/**
 * The one way to load a definition, as every generated door spells it. Without it a zero is undefined, and an int64
 * loses its last digits.
 */
export const loaderOptions = '{ longs: String, enums: String, defaults: true, oneofs: true }';

/** The same options, as the types have to know them. */
export const loaderFlags: readonly string[] = ['--longs=String', '--enums=String', '--defaults', '--oneofs'];
