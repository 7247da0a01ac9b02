import { once } from 'node:events';
import { createServer } from 'node:http2';

import { create, createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { createClient } from '@connectrpc/connect';
import { connectNodeAdapter, createGrpcTransport } from '@connectrpc/connect-node';

import { pulled } from './pulled.js';

/** Async iterables on both sides. */
export const stream = ({ service }) => {
  const { peer } = descriptors(service);
  return {
    serve: () =>
      serve(peer, {
        async *exchange(requests) {
          for await (const request of requests) yield echoOf(request);
        },
      }),
    open(port, flow) {
      const { messages, send } = pulled({ next: () => messageOf(flow.next()) });
      void read(clientOf(peer, port).exchange(messages), flow);
      return send;
    },
  };
};

/** Unary calls. */
export const request = ({ service }) => {
  const { echo } = descriptors(service);
  return {
    serve: () => serve(echo, { ask: echoOf }),
    connect(port) {
      const client = clientOf(echo, port);
      return (message, answered) => {
        void client.ask(messageOf(message)).then((reply) => answered(candidateOf(reply)));
      };
    },
  };
};

async function serve(service, implementation) {
  const server = createServer(connectNodeAdapter({ routes: (router) => router.service(service, implementation) }));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server.address().port;
}

const clientOf = (service, port) => createClient(service, createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` }));

async function read(replies, { replied }) {
  for await (const reply of replies) replied(candidateOf(reply));
}

/** The messages of the contests, all of them votes, as @bufbuild/protobuf writes them. */
const messageOf = (message) =>
  message && {
    event: { case: 'vote', value: { candidateId: message.vote.candidateId } },
  };

const echoOf = ({ event: { value } }) => ({ event: { case: 'vote', value: { candidateId: value.candidateId } } });

const candidateOf = ({ event }) => event.value?.candidateId;

/** The services, from the descriptor that proto-loader has made of the proto, so that no code has to be generated. */
function descriptors({ Exchange: { requestType } }) {
  const [bytes] = requestType.fileDescriptorProtos;
  const file = fromBinary(FileDescriptorProtoSchema, bytes);
  const qualified = (name) => `.${file.package}.${name}`;
  // proto-loader leaves the types of fields relative, which the registry does not resolve.
  for (const field of file.messageType.flatMap((type) => type.field)) {
    if (field.typeName !== '' && !field.typeName.startsWith('.')) field.typeName = qualified(field.typeName);
  }
  const echo = create(FileDescriptorProtoSchema, {
    name: 'echo.proto',
    package: 'rxduplex.bench',
    syntax: 'proto3',
    dependency: [file.name],
    service: [
      {
        name: 'Echo',
        method: [{ name: 'Ask', inputType: qualified('PeerRequest'), outputType: qualified('PeerReply') }],
      },
    ],
  });
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file, echo] }));
  return { peer: registry.getService(`${file.package}.Peer`), echo: registry.getService('rxduplex.bench.Echo') };
}
