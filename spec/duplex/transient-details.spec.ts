import { once } from 'node:events';
import { createServer as createHttp2Server } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:net';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';

import { Server, ServerCredentials, credentials, status } from '@grpc/grpc-js';
import type { ChannelCredentials, ChannelOptions, ServerDuplexStream, StatusObject } from '@grpc/grpc-js';
import { transient } from 'rxduplex';
import { PeerClient, PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { certificate } from '../support/certificate.js';
import type { Certificate } from '../support/certificate.js';

/** How often a failure is found worth another attempt, when it is all that ever happens. */
function repeats(error: unknown): number {
  let inARow = 1;
  while (inARow < 1_000 && transient(error, { inARow, sinceMs: 1, patienceMs: 1 })) inARow += 1;
  return inARow === 1_000 ? Infinity : inARow - 1;
}

/** What grpc-js says of a call to `port` that asks `message`. */
async function statusOf(
  port: number,
  {
    credential = plain,
    message = {},
    options = {},
  }: {
    readonly credential?: ChannelCredentials;
    readonly message?: PeerRequest;
    readonly options?: ChannelOptions;
  } = {},
): Promise<StatusObject> {
  const client = new PeerClient(`localhost:${port}`, credential, options);
  const call = client.exchange();
  call.on('error', () => undefined).on('data', () => undefined);
  call.write(message);
  const ended = await new Promise<StatusObject>((resolve) => call.on('status', resolve));
  call.cancel();
  client.close();
  return ended;
}

const plain = credentials.createInsecure();
const big: PeerRequest = { append: { payload: Buffer.alloc(2_000) } };

/** A server that answers each request with a reply that is big. */
async function grpcServer(credential = ServerCredentials.createInsecure(), options: ChannelOptions = {}) {
  const server = new Server(options);
  const exchange = (call: ServerDuplexStream<PeerRequest__Output, PeerReply>): void => {
    call.on('error', () => undefined);
    call.on('data', () => call.write(big));
    call.on('end', () => call.end());
  };
  server.addService(PeerService, { Exchange: exchange });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('localhost:0', credential, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return { port, [Symbol.dispose]: () => server.forceShutdown() };
}

/** A server that does to each connection or stream what it is told to. */
async function rawServer(server: NetServer) {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined);
    sockets.add(socket);
  });
  await once(server.listen(0), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const http2Server = (answer: (stream: ServerHttp2Stream) => void) => {
  const server = createHttp2Server();
  server.on('session', (session) => session.on('error', () => undefined));
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    answer(stream);
  });
  return rawServer(server);
};

const hour = 60 * 60 * 1000;
const ago = (hours: number): Date => new Date(Date.now() - hours * hour);
const authority = certificate({ name: 'the authority' });
const issued = (more: object = {}): Certificate =>
  certificate({ name: 'the server', issuer: authority, host: 'localhost', ...more });
const proving = ({ cert, key }: Certificate, mutual = false): ServerCredentials =>
  ServerCredentials.createSsl(mutual ? authority.cert : null, [{ cert_chain: cert, private_key: key }], mutual);
const trusting = credentials.createSsl(authority.cert);

test('a certificate made here is one that TLS accepts, so that what follows fails for the reason named', async () => {
  using server = await grpcServer(proving(issued()), { 'grpc.max_receive_message_length': 1_000 });
  const { code } = await statusOf(server.port, { credential: trusting, message: big });
  assert.is(code, status.RESOURCE_EXHAUSTED);
});

const misfits: Readonly<Record<string, readonly [ServerCredentials, ChannelCredentials]>> = {
  'a certificate that vouches for itself': [proving(certificate({ name: 'itself', host: 'localhost' })), trusting],
  'an authority that the client does not know': [proving(issued()), credentials.createSsl()],
  'another authority': [proving(issued()), credentials.createSsl(certificate({ name: 'another' }).cert)],
  'a certificate that has expired': [proving(issued({ from: ago(9), to: ago(3) })), trusting],
  'a certificate of tomorrow': [proving(issued({ from: ago(-3), to: ago(-9) })), trusting],
  'the certificate of another host': [proving(issued({ host: 'elsewhere.example' })), trusting],
  'a server that speaks no TLS': [ServerCredentials.createInsecure(), trusting],
};

for (const [what, [server, client]] of Object.entries(misfits)) {
  test(`C2: ${what} is UNAVAILABLE, and tried again until patience has run out`, async () => {
    using serving = await grpcServer(server);
    const ended = await statusOf(serving.port, { credential: client });
    assert.is(ended.code, status.UNAVAILABLE);
    assert.is(repeats(ended), 4, ended.details);
  });
}

test('C2: a server that wants a certificate of the client is tried again until patience has run out, once it says so', () => {
  const said =
    'No connection established. Last error: 80FCAC1EB37F0000:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert ' +
    'certificate required:../deps/openssl/openssl/ssl/record/rec_layer_s3.c:1601:SSL alert number 116\n ' +
    '(2026-11-21T21:06:56.706Z). Resolution note: ';
  assert.is(repeats({ code: status.UNAVAILABLE, details: said }), 4);
});

test('C2: a peer that is away is tried again for ever, with TLS or without', async () => {
  const gone = await rawServer(createServer());
  await gone[Symbol.asyncDispose]();
  await using closing = await rawServer(createServer((socket) => socket.destroy()));
  await using resetting = await rawServer(
    createServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
  );
  for (const { port } of [gone, closing, resetting]) {
    for (const credential of [plain, trusting]) {
      const ended = await statusOf(port, { credential });
      assert.is(ended.code, status.UNAVAILABLE);
      assert.is(repeats(ended), Infinity, ended.details);
    }
  }
});

test('C2: a client without TLS cannot tell a server with it from one that is away', async () => {
  using server = await grpcServer(proving(issued()));
  await using closing = await rawServer(createServer((socket) => socket.destroy()));
  const said = await Promise.all([server, closing].map(({ port }) => statusOf(port)));
  const [one, other] = said.map(({ code, details }) => `${code} ${details.replace(/\(\d.*Z\)/, '')}`);
  assert.is(one, other);
  assert.is(repeats(said[0]), Infinity);
});

test('C3: an oversize message is final, whoever finds it so', async () => {
  const limits: readonly (readonly [PeerRequest, ChannelOptions, ChannelOptions])[] = [
    [big, { 'grpc.max_receive_message_length': 1_000 }, {}],
    [{}, { 'grpc.max_send_message_length': 1_000 }, {}],
    [{}, {}, { 'grpc.max_receive_message_length': 1_000 }],
    [big, {}, { 'grpc.max_send_message_length': 1_000 }],
  ];
  for (const [message, ofServer, options] of limits) {
    using server = await grpcServer(undefined, ofServer);
    const ended = await statusOf(server.port, { message, options });
    assert.is(ended.code, status.RESOURCE_EXHAUSTED);
    assert.is(repeats(ended), 0, ended.details);
  }
});

test('C3: a server that is offended by pings, or overloaded, is tried again', async () => {
  await using offended = await http2Server((stream) => {
    stream.session?.goaway(11, 0, Buffer.from('too_many_pings'));
    stream.session?.destroy();
  });
  await using calm = await http2Server((stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    stream.close(11);
  });
  for (const { port } of [offended, calm]) {
    const ended = await statusOf(port);
    assert.is(ended.code, status.RESOURCE_EXHAUSTED);
    assert.is(repeats(ended), Infinity, ended.details);
  }
});

test('C4: a stream that ends without a status is tried again', async () => {
  await using cut = await http2Server((stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    stream.end();
  });
  const ended = await statusOf(cut.port);
  assert.equal(
    [ended.code, ended.details],
    [status.INTERNAL, 'Received RST_STREAM with code 0 (Call ended without gRPC status)'],
  );
  assert.is(repeats(ended), Infinity);
});

for (const reset of [0, 1, 2, 5, 6, 9, 10, 13]) {
  test(`C4: a stream that is reset with code ${reset} is tried again`, async () => {
    await using server = await http2Server((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      stream.close(reset);
    });
    const ended = await statusOf(server.port);
    assert.is(ended.code, status.INTERNAL);
    assert.match(ended.details, `Received RST_STREAM with code ${reset}`);
    assert.is(repeats(ended), Infinity);
  });
}

test.run();
