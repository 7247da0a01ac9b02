import { badOption } from '../options.js';
import { warnOnce } from '../warning.js';

/** An event: its type and its value. */
export type Tagged = readonly [type: PropertyKey, value: unknown];

/** Tells the event in a message, or `undefined` for none. */
export type Select<M, E extends Tagged> = (message: M) => E | undefined;

/** The value of each type of event. */
export type EventMap<E extends Tagged> = { [T in E[0]]: ValueOf<E, T> };

type ValueOf<E, T> = E extends readonly [infer Type, infer Value] ? (T extends Type ? Value : never) : never;

type OneofName<M, K> = K extends keyof M ? Extract<M[K], PropertyKey> : never;
type OneofEvent<M, K extends PropertyKey> = {
  [T in OneofName<M, K>]: readonly [T, T extends keyof M ? NonNullable<M[T]> : never];
}[OneofName<M, K>];

/** So many messages without an event are no chance. */
const manyWithout = 32;

const names = new WeakMap<object, string>();

/** The oneof by which `select` tells events, if it was made by `oneof`. */
export const oneofOf = (select: object): string | undefined => names.get(select);

/**
 * The events of a message that has a oneof called `name`, as proto-loader decodes it with `oneofs: true`: the field of
 * that name says which member is there. A member that a newer peer added leaves it undefined: no event.
 */
export function oneof<const K extends string>(
  name: K,
): <M extends { readonly [k in K]?: keyof M }>(message: M) => OneofEvent<M, K> | undefined {
  checkName('oneof', name);
  // Messages before the first that has it.
  let without = 0;
  const select = (message: Readonly<Record<string, unknown>>): Tagged | undefined => {
    const type = message[name] as string | undefined;
    if (type !== undefined) {
      without = Infinity;
      return [type, message[type]];
    }
    without += 1;
    if (without === manyWithout) {
      warnOnce(
        'RXDUPLEX_ONEOF',
        `none of the first ${manyWithout} messages has a field ${name} that names its event: proto-loader makes it with oneofs: true`,
      );
    }
    return undefined;
  };
  names.set(select, name);
  return select as never;
}

type ByEvent<M, K extends PropertyKey> = M extends { readonly [k in K]?: infer T }
  ? T extends PropertyKey
    ? readonly [T, M]
    : never
  : never;

/** The events of a discriminated union: the type is what the field `key` says, the value the whole message. */
export function by<const K extends string>(
  key: K,
): <M extends { readonly [k in K]?: PropertyKey | undefined }>(message: M) => ByEvent<M, K> | undefined {
  checkName('by', key);
  const select = (message: Readonly<Record<string, PropertyKey | undefined>>): Tagged | undefined => {
    const type = message[key];
    return type === undefined ? undefined : [type, message];
  };
  return select as never;
}

function checkName(where: string, name: unknown): void {
  if (typeof name !== 'string' || name === '')
    throw badOption(`the name given to ${where}`, 'the name of a field', name);
}
