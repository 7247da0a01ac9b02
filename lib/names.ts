import { RxDuplexError } from './errors.js';
import { badOption } from './options.js';
import { nearestOf } from './spelling.js';

/** Every name of an options object, for the compiler to see that none is missing. */
export type Names<O> = Readonly<Record<O extends unknown ? keyof O : never, true>>;

/**
 * Refuses what is no object of options, and names of its own that there are not: an option that is misspelt would be left
 * at its default without a word. `where` says whose options they are. An `AbortController` is one with a signal.
 */
export function checkNames(where: string, options: object, names: Readonly<Record<string, true>>): void {
  checkFields(`the options of ${where}`, options, names, where);
}

/** The same for an object that is no options; `name` is what it is called. */
export function checkFields(
  name: string,
  value: object,
  names: Readonly<Record<string, true>>,
  where: string = name,
): void {
  const given: unknown = value;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw badOption(name, 'an object', given);
  for (const each of Object.keys(given)) {
    if (!Object.hasOwn(names, each)) throw unknownName(where, each, Object.keys(names));
  }
}

function unknownName(where: string, name: string, known: readonly string[]): RxDuplexError {
  const nearest = nearestOf(name, known);
  const hint = nearest === undefined ? ` (it has ${known.join(', ')})` : `; did you mean ${nearest}?`;
  return new RxDuplexError('BAD_OPTION', `${where} has no option ${name}${hint}`);
}
