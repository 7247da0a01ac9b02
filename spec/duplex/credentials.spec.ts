import { Metadata, Server, ServerCredentials, credentials, status } from '@grpc/grpc-js';
import type { CallCredentials, ChannelCredentials } from '@grpc/grpc-js';
import { Outgoing, Remote, bidi, channelOptions, duplex, oneof, reconnect, serve } from 'rxduplex';
import type { Bidi, RxDuplexError, Status } from 'rxduplex';
import { PeerClient, PeerService } from 'rxduplex/peer';
import type { PeerReply__Output, PeerRequest } from 'rxduplex/peer';
import { map, throwError } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { certificate } from '../support/certificate.js';
import { seen } from '../support/marbles.js';
import { beat, closed, replyTo, stopAll, stopped, turns, until } from '../support/peer.js';

test.after.each(stopAll);

const authority = certificate({ name: 'the authority' });
const { cert, key } = certificate({ name: 'the server', issuer: authority, host: 'localhost' });
const trusting = credentials.createSsl(authority.cert);

/** Tokens that a server has refused since they were made, and those that it has been shown. */
interface Guard {
  readonly port: number;
  readonly seen: string[];
  readonly revoked: Set<string>;
}

async function guarded(): Promise<Guard> {
  const guard = { seen: [] as string[], revoked: new Set<string>() };
  const server = new Server();
  serve(server, PeerService, {
    exchange: (requests$, { metadata }) => {
      const token = String(metadata.get('authorization')[0]);
      guard.seen.push(token);
      if (!guard.revoked.has(token)) return requests$.pipe(map(replyTo));
      const refusal = { code: status.UNAUTHENTICATED, details: 'who are you?' };
      return throwError(() => Object.assign(new Error('refused'), refusal));
    },
  });
  const ssl = ServerCredentials.createSsl(null, [{ cert_chain: cert, private_key: key }]);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('localhost:0', ssl, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  stopped({ stop: () => server.forceShutdown() });
  return { ...guard, port };
}

type Token = () => Promise<Metadata>;
type Way = (port: number, token: Token) => Bidi<PeerRequest, PeerReply__Output>;

const generator = (token: Token): CallCredentials =>
  credentials.createFromMetadataGenerator((_, done) => {
    token().then(
      (metadata) => done(null, metadata),
      (error: unknown) => done(error as Error),
    );
  });

const clientOf = (port: number, channel: ChannelCredentials): PeerClient =>
  closed(new PeerClient(`localhost:${port}`, channel, channelOptions({ ownConnection: true })));

/** How a token may come with each call. */
const ways: Readonly<Record<string, Way>> = {
  'a metadata function': (port, token) => bidi(clientOf(port, trusting), 'exchange', { metadata: token }),
  'credentials of the channel': (port, token) =>
    bidi(clientOf(port, credentials.combineChannelCredentials(trusting, generator(token))), 'exchange'),
  'credentials of the call': (port, token) =>
    bidi(clientOf(port, trusting), 'exchange', { options: { credentials: generator(token) } }),
};

/** A service of tokens that fails the first so many times. */
function tokens(failures: number, code?: number): { readonly token: Token; readonly asked: () => number } {
  let asked = 0;
  const token = async (): Promise<Metadata> => {
    asked += 1;
    await turns(1);
    if (asked <= failures) throw Object.assign(new Error('connect ECONNREFUSED'), code !== undefined && { code });
    const metadata = new Metadata();
    metadata.set('authorization', `t${asked}`);
    return metadata;
  };
  return { token, asked: () => asked };
}

for (const [name, way] of Object.entries(ways)) {
  for (const code of [undefined, 14, 503]) {
    test(`${name}: a token service that is away for a while${code ? `, with code ${code},` : ''} loses no message and ends nothing`, async () => {
      const guard = await guarded();
      const { token, asked } = tokens(10, code);
      const remote = new Remote(way(guard.port, token), { events: oneof('event'), reconnect: { backoff: () => 1 } });
      const beats = seen(remote.on('beat'));
      for (let id = 0; id < 20; id += 1) remote.next(beat(id));
      await until('all replies', () => beats.values.length === 20);
      assert.equal(
        beats.values.map(({ at }) => Number(at)),
        Array.from({ length: 20 }, (_, id) => id),
      );
      assert.equal([asked(), guard.seen], [11, ['t11']]);
      const { sent, lost } = remote.stats().outbound;
      assert.equal([sent, lost], [20, 0]);
      await remote.close();
    });
  }

  test(`${name}: a token that was refused once is asked for anew, once`, async () => {
    const guard = await guarded();
    const { token, asked } = tokens(0);
    guard.revoked.add('t1');
    const remote = new Remote(way(guard.port, token), { events: oneof('event'), reconnect: { backoff: () => 1 } });
    const beats = seen(remote.on('beat'));
    remote.next(beat(0));
    await until('the second token', () => guard.seen.length === 2);
    remote.next(beat(1));
    await until('the reply', () => beats.values.length === 1 || beats.ends.length > 0);
    assert.equal([asked(), guard.seen, beats.ends], [2, ['t1', 't2'], []]);
    await remote.close();
    for (const revoked of ['t3', 't4']) guard.revoked.add(revoked);
    const refused = new Remote(way(guard.port, token), { events: oneof('event'), reconnect: { backoff: () => 1 } });
    const ended = seen(refused.on('beat'));
    await until('the end', () => ended.ends.length > 0);
    assert.equal([asked(), (ended.ends[0] as { code: number }).code], [4, status.UNAUTHENTICATED]);
  });

  test(`${name}: a token that never comes fails its attempt, and the next may fare better`, async () => {
    const guard = await guarded();
    const { token } = tokens(0);
    let first = true;
    const slow: Token = () => {
      if (!first) return token();
      first = false;
      return new Promise(() => undefined);
    };
    const open = way(guard.port, slow);
    const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
    const causes: string[] = [];
    const stream = seen(
      duplex(open, outgoing, { openTimeoutMs: 200 }).pipe(
        reconnect({ backoff: () => 1, onRetry: ({ cause }) => causes.push((cause as RxDuplexError).code) }),
      ),
    );
    outgoing.next(beat(1));
    await until('the reply, or the loss', () => stream.values.length === 1 || outgoing.stats().lost > 0);
    assert.equal(causes, ['OPEN_TIMEOUT']);
    stream.stop();
  });
}

test('the cause that is told names what has failed', async () => {
  const guard = await guarded();
  for (const [name, way] of Object.entries(ways)) {
    const { token } = tokens(1);
    const remote = new Remote(way(guard.port, token), { events: oneof('event'), reconnect: { backoff: () => 1 } });
    const states: Status[] = [];
    remote.status$.subscribe((status) => states.push(status));
    await remote.connect();
    const cause = states.flatMap((each) => (each.state === 'reconnecting' ? [each.cause as Error] : []))[0];
    assert.match(cause?.message ?? '', /connect ECONNREFUSED/, name);
    await remote.close();
  }
});

test('credentials that are no credentials of this copy of grpc-js are refused at the door, and by each call that a function gives', () => {
  const client = clientOf(1, trusting);
  const foreign = { generateMetadata: () => Promise.resolve(new Metadata()) } as unknown as CallCredentials;
  assert.throws(
    () => bidi(client, 'exchange', { options: { credentials: foreign } }),
    /BAD_OPTION: options.credentials must be made by the copy of @grpc\/grpc-js that rxduplex uses/,
  );
  const open = bidi(client, 'exchange', { options: () => ({ credentials: foreign }) });
  const { ends } = seen(duplex(open, new Outgoing<PeerRequest>()).pipe(reconnect()));
  assert.is((ends[0] as RxDuplexError).code, 'BAD_OPTION');
});

test.run();
