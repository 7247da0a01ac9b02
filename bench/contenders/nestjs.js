import 'reflect-metadata';

import { once } from 'node:events';
import { createServer } from 'node:net';

import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, GrpcStreamMethod, Transport } from '@nestjs/microservices';
import { Subject, map } from 'rxjs';

/** Nest's client takes whatever it is given: its producer has to count. As many as a buffer of ours holds by default. */
const maxUnanswered = 1024;

/** Observables on both sides. */
export const stream = ({ protoPath, echo }) => ({
  async serve() {
    const port = await freePort();
    const app = await NestFactory.createMicroservice(moduleOf(echo), { ...grpc(protoPath, port), logger: ['error'] });
    await app.listen();
    return port;
  },
  open(port, { next, replied }) {
    const requests$ = new Subject();
    const peer = ClientProxyFactory.create(grpc(protoPath, port)).getService('Peer');
    let unanswered = 0;
    const send = () => {
      while (unanswered < maxUnanswered) {
        const message = next();
        if (!message) return;
        unanswered += 1;
        requests$.next(message);
      }
    };
    peer.exchange(requests$).subscribe(({ vote }) => {
      unanswered -= 1;
      replied(vote?.candidateId);
      send();
    });
    return send;
  },
});

/** Nest's client, which has no way to say that it has enough. */
export const memory = ({ protoPath }) => ({
  open(port) {
    const requests$ = new Subject();
    let held = 0;
    ClientProxyFactory.create(grpc(protoPath, port)).getService('Peer').exchange(requests$).subscribe();
    return {
      offer(message) {
        held += 1;
        requests$.next(message);
      },
      held: () => held,
    };
  },
});

const grpc = (protoPath, port) => ({
  transport: Transport.GRPC,
  options: {
    url: `127.0.0.1:${port}`,
    package: 'rxduplex.peer.v1',
    protoPath,
    loader: { longs: String, enums: String, defaults: true, oneofs: true },
  },
});

/** A module with its controller, decorated by hand. */
function moduleOf(echo) {
  class Peer {
    exchange(requests$) {
      return requests$.pipe(map(echo));
    }
  }
  Controller()(Peer);
  GrpcStreamMethod('Peer', 'Exchange')(
    Peer.prototype,
    'exchange',
    Object.getOwnPropertyDescriptor(Peer.prototype, 'exchange'),
  );
  class App {}
  Module({ controllers: [Peer] })(App);
  return App;
}

/** Nest does not tell which port it was given. */
async function freePort() {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
