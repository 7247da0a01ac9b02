import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { badOption } from './options.js';

/** Finds a duplex method by any name it goes by: the definition's key, that key uncapitalised, or `originalName`. */
export function duplexMethod<Request, Response>(
  service: ServiceDefinition,
  name: string,
): readonly [key: string, method: MethodDefinition<Request, Response>] {
  for (const [key, method] of Object.entries(service)) {
    if (name !== key && name !== uncapitalised(key) && name !== method.originalName) continue;
    if (!method.requestStream || !method.responseStream)
      throw badOption(name, 'a method that streams both ways', method.path);
    refuseInheritedNames(method);
    return [key, method as MethodDefinition<Request, Response>];
  }
  throw badOption('method', `one of ${Object.keys(service).map(uncapitalised).join(', ')}`, name);
}

const uncapitalised = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

interface Described {
  readonly type?: { readonly name?: string; readonly field?: readonly { readonly name?: string }[] };
}

/**
 * protobufjs reads a field that was not set from the message's prototype: one named `constructor` would put the source
 * text of a function on the wire.
 */
function refuseInheritedNames(method: object): void {
  const { requestType, responseType } = method as { requestType?: Described; responseType?: Described };
  for (const message of [requestType?.type, responseType?.type]) {
    for (const { name = '' } of message?.field ?? []) {
      if (name in {})
        throw badOption(`a field of ${String(message?.name)}`, 'named unlike any member of Object.prototype', name);
    }
  }
}
