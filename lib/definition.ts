import type { Client, MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
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

interface Described {
  readonly type?: { readonly name?: string; readonly field?: readonly { readonly name?: string }[] };
}

/**
 * protobufjs reads a field that was not set from the message's prototype: one named `constructor` would put the source
 * text of a function on the wire.
 */
export function refuseInheritedNames(method: object): void {
  const { requestType, responseType } = method as { requestType?: Described; responseType?: Described };
  for (const message of [requestType?.type, responseType?.type]) {
    for (const { name = '' } of message?.field ?? []) {
      if (name in {})
        throw badOption(`a field of ${String(message?.name)}`, 'named unlike any member of Object.prototype', name);
    }
  }
}
