import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { namesOf, refuseInheritedNames } from '../definition.js';
import { RxDuplexError } from '../errors.js';
import { badOption } from '../options.js';
import { isPromiseLike } from '../outgoing/source.js';
import type { Handler } from './live-call.js';
import { isNearly } from '../spelling.js';

/** A method for which there is a handler. */
export interface Implemented {
  readonly key: string;
  readonly method: MethodDefinition<unknown, unknown>;
  /** Bound to the object in which it was found. */
  readonly handler: Handler;
}

type Members = Readonly<Record<string, unknown>>;
type Callable = (...args: never) => unknown;

const isCallable = (value: unknown): value is Callable => typeof value === 'function';

/**
 * Looks handlers up by the names of the methods, as grpc-js does: so the methods of a class are found on its prototype,
 * and an object may have other members. Throws `BAD_OPTION` if nothing is found, and if a function looks like a handler
 * that is misspelt.
 */
export function implementedBy(handlers: unknown, service: ServiceDefinition): Implemented[] {
  const methods = methodsOf(service);
  if (!isMembers(handlers))
    throw badOption('handlers', 'an object with a function for each method', nameIfList(handlers));
  const implemented = methods.flatMap(([key, method]): Implemented | never[] => {
    const handler = handlerOf(handlers, namesOf(key, method));
    return handler ? { key, method, handler } : [];
  });
  refuseMisspelt(handlers, methods, implemented);
  for (const { method } of implemented) refuseInheritedNames(method);
  if (implemented.length > 0) return implemented;
  const names = methods.map(([key, method]) => nameOf(key, method));
  throw refused(`handlers must have a function for one of ${names.join(', ')}; ${what(handlers, names)}`);
}

const nameIfList = (value: unknown): unknown => (Array.isArray(value) ? 'an array' : value);

type Methods = readonly (readonly [key: string, method: MethodDefinition<unknown, unknown>])[];

function methodsOf(service: unknown): Methods {
  const { service: own } = (service ?? {}) as { readonly service?: unknown };
  if (typeof service === 'function' && own) {
    throw refused(`service must be a definition; got the client ${service.name}: give ${service.name}.service`);
  }
  const methods = typeof service === 'object' && service !== null ? Object.entries(service) : [];
  if (methods.length > 0 && methods.every(([, method]) => isMethod(method))) return methods as Methods;
  throw badOption('service', 'the definition of a service, with at least one method', service);
}

function isMethod(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { path, responseSerialize, requestDeserialize } = value as Partial<MethodDefinition<unknown, unknown>>;
  return typeof path === 'string' && isCallable(responseSerialize) && isCallable(requestDeserialize);
}

/** A function may have handlers as its properties, as a class has static methods. */
const isMembers = (value: unknown): value is Members =>
  (typeof value === 'object' && value !== null && !Array.isArray(value)) || typeof value === 'function';

function handlerOf(members: Members, allNames: readonly string[]): Handler | undefined {
  const names = [...new Set(allNames)];
  let handler: Callable | undefined;
  for (const name of names) {
    const value = members[name];
    if (value === undefined || isInherited(members, name, value)) continue;
    if (!isCallable(value)) throw badOption(name, 'a function', value);
    if (handler && handler !== value) throw refused(`${names.join(' and ')} are names of one method: give one handler`);
    handler = value;
  }
  return handler && (Function.prototype.bind.call(handler, members) as Handler);
}

/** Whether every object has such a member, and this one has none of its own. */
function isInherited(members: Members, name: string, value: unknown): boolean {
  if (name === 'constructor') return !Object.hasOwn(members, name);
  const common: Members = isCallable(members) ? (Function.prototype as never) : (Object.prototype as never);
  return name in common && value === common[name];
}

/** Helpers are welcome beside the handlers, but not where one of the methods would be left without a handler by a slip. */
function refuseMisspelt(members: Members, methods: Methods, implemented: readonly Implemented[]): void {
  const names = new Set(methods.flatMap(([key, method]) => namesOf(key, method)));
  const missing = methods.filter(([key]) => !implemented.some((each) => each.key === key));
  for (const name of functionsOf(members)) {
    const near = names.has(name) ? undefined : missing.find(([key, method]) => nearest(name, namesOf(key, method)));
    if (near) throw refused(`${name} is no method of the service; did you mean ${nameOf(...near)}?`);
  }
}

const nearest = (name: string, names: readonly string[]): string | undefined =>
  names.find((each) => isNearly(name, each));

/** What was given in place of handlers. */
function what(handlers: Members, names: readonly string[]): string {
  if (isPromiseLike(handlers)) return 'got a promise: await it';
  const { name, prototype } = handlers as { readonly name?: unknown; readonly prototype?: Members | undefined };
  if (isCallable(handlers)) {
    const isClass = prototype && names.some((each) => each in prototype);
    return isClass ? `got the class ${String(name)} itself: give an instance of it` : 'got a function';
  }
  const others = allFunctionsOf(handlers);
  if (others.length === 0) return 'got an object without functions';
  const meant = others.flatMap((each) => nearest(each, names) ?? []).map((each) => `; did you mean ${each}?`);
  return `got an object with ${others.join(', ')}${meant[0] ?? ''}`;
}

/** The names of the functions that an object has itself. */
function functionsOf(members: object): string[] {
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(members));
  return descriptors.flatMap(([name, { value }]) => (isCallable(value) && name !== 'constructor' ? name : []));
}

/** Those as well that it has by its class. */
function allFunctionsOf(members: object): string[] {
  const found: string[] = [];
  for (let each: object | null = members; each && each !== Object.prototype;) {
    found.push(...functionsOf(each));
    each = Object.getPrototypeOf(each) as object | null;
  }
  return found;
}

/** A method's name as it is written in TypeScript. */
const nameOf = (key: string, method: { readonly originalName?: string }): string => namesOf(key, method)[1] ?? key;

const refused = (text: string): RxDuplexError => new RxDuplexError('BAD_OPTION', text);
