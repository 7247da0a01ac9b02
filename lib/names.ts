import { RxDuplexError } from './errors.js';
import { badOption } from './options.js';

/** Every name of an options object, for the compiler to see that none is missing. */
export type Names<O> = Readonly<Record<O extends unknown ? keyof O : never, true>>;

/**
 * Refuses what is no object of options, and names of its own that there are not: an option that is misspelt would be left
 * at its default without a word. `where` says whose options they are. An `AbortController` is one with a signal.
 */
export function checkNames(where: string, options: object, names: Readonly<Record<string, true>>): void {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw badOption(`the options of ${where}`, 'an object', options);
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(names, name)) throw unknownName(where, name, Object.keys(names));
  }
}

function unknownName(where: string, name: string, known: readonly string[]): RxDuplexError {
  const nearest = nearestOf(name, known);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return new RxDuplexError('BAD_OPTION', `${where} has no option ${name}${hint} (it has ${known.join(', ')})`);
}

/** The one of `known` that `name` is most likely a misspelling of, if it is one. */
export function nearestOf(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((each) => ({ each, distance: distanceOf(name.toLowerCase(), each.toLowerCase()) }))
    .filter(({ each, distance }) => distance <= Math.max(1, Math.floor(each.length / 3)) || startsLike(name, each))
    .sort((one, other) => one.distance - other.distance);
  return nearest?.each;
}

/** A unit that was left out, or put in. */
const startsLike = (name: string, known: string): boolean =>
  name.length >= 3 && (known.startsWith(name) || name.startsWith(known));

/** How many letters have to be put in, taken out or replaced to make one of the other. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [at, letter] of Array.from(one).entries()) {
    const next = [at + 1];
    for (const [index, each] of Array.from(other).entries()) {
      const replaced = (row[index] ?? 0) + (letter === each ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
