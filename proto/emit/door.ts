import protobuf from 'protobufjs';

import { declaredIn } from './definition.js';
import type { Definition } from './definition.js';
import { loaderOptions } from './options.js';

/** The module that a user imports: the types of the messages, and a client and a definition of each service. */
export function doorModule(protoDir: string, definition: Definition, library: string): string {
  const declared = declaredIn(protoDir, definition);
  const services = declared.filter((member) => member instanceof protobuf.Service);
  const messages = declared.filter((member) => !(member instanceof protobuf.Service));
  return `
    // Original file: proto/${definition.file}

    ${imports(definition, services, library)}
    ${messages.map(messageTypes).join('\n')}
    ${services.map(serviceTypes).join('\n')}

    const definitions = fromJSON(descriptor, ${loaderOptions});
    ${services.map(serviceValues).join('\n')}
  `;
}

function imports({ name }: Definition, services: readonly protobuf.Service[], library: string): string {
  const ofServices = services.map(
    (service) =>
      `import type { ${service.name}Client as ${service.name}Methods, ${service.name}Handlers } from '${typesOf(service)}';`,
  );
  return `
    import { makeClientConstructor } from '@grpc/grpc-js';
    import type { ChannelCredentials, ClientOptions } from '@grpc/grpc-js';
    import { fromJSON } from '@grpc/proto-loader';

    import type { Service } from '${library}';
    import { descriptor } from './${name}.descriptor.js';
    ${ofServices.join('\n')}
  `;
}

function messageTypes(message: protobuf.ReflectionObject): string {
  return `export type { ${message.name}, ${message.name}__Output } from '${typesOf(message)}';`;
}

function serviceTypes({ name }: protobuf.Service): string {
  return `export type { ${name}Handlers };`;
}

function serviceValues(service: protobuf.Service): string {
  const { name } = service;
  const fullName = service.fullName.slice(1);
  return `
    /** The service ${fullName}, which carries the types of its handlers. */
    export const ${name}Service: Service<${name}Handlers> = definitions['${fullName}'] as Service<${name}Handlers>;

    /** Makes clients of ${fullName}. */
    export interface ${name}ClientConstructor {
      new (address: string, credentials: ChannelCredentials, options?: ClientOptions): ${name}Client;
      readonly service: Service<${name}Handlers>;
    }

    /** A client of ${fullName}. */
    export type ${name}Client = ${name}Methods;
    export const ${name}Client: ${name}ClientConstructor = makeClientConstructor(
      ${name}Service,
      '${fullName}',
    ) as unknown as ${name}ClientConstructor;
  `;
}

function typesOf({ fullName }: protobuf.ReflectionObject): string {
  return `.${fullName.replaceAll('.', '/')}.js`;
}
