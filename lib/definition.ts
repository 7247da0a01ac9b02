import type { Client, MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { fieldsOf } from './descriptor.js';
import type { MethodTypes } from './message.js';
import { badOption } from './options.js';

/** A method, and its key in the definition of its service. */
export type Method<Request, Response> = readonly [key: string, method: MethodDefinition<Request, Response>];

/** The definition that a client was made from. */
export function serviceOf(client: Client): ServiceDefinition {
  const { service } = client.constructor as { service?: ServiceDefinition };
  if (service) return service;
  throw badOption('client', 'made from a service definition, by grpc-js or generated', client.constructor.name);
}

/** The names a method goes by: the definition's key, that key uncapitalised, and `originalName`. */
export function namesOf(key: string, { originalName }: { readonly originalName?: string }): string[] {
  return [key, uncapitalised(key), ...(originalName === undefined ? [] : [originalName])];
}

/** Finds a method by any name it goes by. */
export function methodOf<Request, Response>(service: ServiceDefinition, name: string): Method<Request, Response> {
  for (const [key, method] of Object.entries(service)) {
    if (!namesOf(key, method).includes(name)) continue;
    refuseInheritedNames(method);
    return [key, method as MethodDefinition<Request, Response>];
  }
  throw badOption('method', `one of ${Object.keys(service).map(uncapitalised).join(', ')}`, name);
}

/** Finds a method that streams both ways. */
export function duplexMethod<Request, Response>(service: ServiceDefinition, name: string): Method<Request, Response> {
  const found = methodOf<Request, Response>(service, name);
  const [, { requestStream, responseStream, path }] = found;
  if (requestStream && responseStream) return found;
  throw badOption(name, 'a method that streams both ways', path);
}

const uncapitalised = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/**
 * protobufjs reads a field that was not set from the message's prototype: one named `constructor` would put the source
 * text of a function on the wire, at whatever depth it is.
 */
export function refuseInheritedNames(method: object): void {
  const { requestType, responseType } = method as MethodTypes;
  for (const described of [requestType, responseType]) {
    if (!described) continue;
    for (const { name, of } of fieldsOf(described)) {
      if (name in {}) throw badOption(`a field of ${of}`, 'named unlike any member of Object.prototype', name);
    }
  }
}

type Response<T> = Pick<MethodDefinition<never, T>, 'responseSerialize' | 'responseDeserialize'>;

/**
 * Why the responses of a method have no field that is named as the oneof `name` and tells its member; nothing if they
 * have it, or if that cannot be known. proto-loader makes the field only if it is told to, which shows in what it decodes.
 */
export function whyNoOneof<T>(method: Response<T>, name: string): string | undefined {
  const { type } = (method as MethodTypes).responseType ?? {};
  if (!type?.oneofDecl) return undefined;
  const oneofs = type.oneofDecl.flatMap((oneof) => oneof.name ?? []);
  if (!oneofs.includes(name))
    return `${type.name ?? 'the response'} has no oneof of that name, but ${oneofs.join(', ') || 'none'}`;
  const samples = (type.field ?? []).flatMap(({ name: field, type: kind = '', label }) =>
    field !== undefined && kind in sampleOf && label !== 'LABEL_REPEATED' ? [{ [field]: sampleOf[kind] }] : [],
  );
  const shows = samples.some((sample) => {
    const decoded = method.responseDeserialize(method.responseSerialize(sample as T));
    return typeof decoded === 'object' && decoded !== null && name in decoded;
  });
  return shows || samples.length === 0 ? undefined : 'the messages were loaded without oneofs: true';
}

/** A value of a field that is not its default, by the kind of the field. */
const sampleOf: Readonly<Record<string, unknown>> = {
  TYPE_MESSAGE: {},
  TYPE_STRING: 'x',
  TYPE_BOOL: true,
  TYPE_BYTES: Buffer.of(1),
  ...Object.fromEntries(['INT32', 'UINT32', 'INT64', 'UINT64', 'DOUBLE', 'FLOAT'].map((kind) => [`TYPE_${kind}`, 1])),
};
