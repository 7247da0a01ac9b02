import type { Server } from '@grpc/grpc-js';
import { consume, serve } from 'rxduplex';
import type { RxDuplexError } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import { QuorumError } from 'rxduplex/replica';
import { EMPTY, NEVER } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { seen } from '../support/marbles.js';
import { turns, until } from '../support/peer.js';
import { replicaOf, replicas, stopReplicas, told } from '../support/replicas.js';
import type { TestReplica } from '../support/replicas.js';
import { balanced, errorFrom } from '../support/told.js';

test.after.each(stopReplicas);

const openLinks = ({ peers }: TestReplica): number =>
  [...peers.values()].filter(({ remote }) => remote.stats().connections > 0).length;

async function connected(all: ReadonlyMap<string, TestReplica>): Promise<void> {
  await until('all links', () => [...all.values()].every((replica) => openLinks(replica) === all.size - 1));
}

const named = (all: ReadonlyMap<string, TestReplica>, name: string): TestReplica => {
  const replica = all.get(name);
  if (!replica) throw new Error(`no ${name}`);
  return replica;
};

test('what peers answer is an event with its type and source, for the replica, by type, and by peer', async () => {
  const all = await replicas(3);
  const r0 = named(all, 'r0');
  const events = told(r0.events$, ({ type, source }) => `${type} of ${source}`);
  const votes = told(r0.on('vote'), ({ source, value }) => `${source} ${value.term}`);
  const ofR1 = told(r0.peers.get('r1')?.events$ ?? EMPTY, ({ type }) => type);
  await connected(all);
  assert.equal(r0.broadcast({ vote: { term: 7 } }), []);
  assert.ok(r0.send('r2', { beat: { at: 1 } }));
  await until('the answers', () => events.length === 3);
  assert.equal(events.sort(), ['beat of r2', 'vote of r1', 'vote of r2']);
  assert.equal([votes.sort(), ofR1], [['r1 7', 'r2 7'], ['vote']]);
});

test('ask settles when enough have answered, with the asker counted, and says who has and who has not', async () => {
  const all = await replicas(3);
  const r0 = named(all, 'r0');
  await connected(all);
  const { answers, silent } = await r0.ask({ vote: { term: 1 } }, { quorum: 3 });
  assert.equal([answers.map(({ peer }) => peer).sort(), silent], [['r1', 'r2'], []]);
  const half = await r0.ask({ vote: { term: 2 } });
  assert.equal([half.answers.length, half.silent.length], [1, 1]);
  assert.equal(half.answers[0]?.reply.vote?.term, '2');
  const alone = await r0.ask({ vote: { term: 3 } }, { quorum: 1 });
  assert.equal([alone.answers, alone.silent.map(({ peer }) => peer)], [[], ['r1', 'r2']]);
});

test('ask rejects as soon as too few can answer, and says why each has not', async () => {
  const mute = { serve: (server: Server) => serve(server, PeerService, { exchange: () => NEVER }) };
  const all = await replicas(3, mute);
  const r0 = named(all, 'r0');
  await connected(all);
  const error = await errorFrom(r0.ask({ vote: { term: 1 } }, { timeoutMs: 20 }));
  assert.instance(error, QuorumError);
  const { answers, silent } = error as unknown as QuorumError<unknown>;
  assert.equal(answers, []);
  assert.equal(
    silent.map(({ peer, error: cause }) => `${peer} ${(cause as RxDuplexError).code}`),
    ['r1 TIMEOUT', 'r2 TIMEOUT'],
  );
});

test('ask is given up by its signal, with its reason, and leaves no request behind', async () => {
  const all = await replicas(2);
  const r0 = named(all, 'r0');
  await named(all, 'r1').stop();
  const aborting = new AbortController();
  const asked = errorFrom(r0.ask({ vote: { term: 1 } }, { signal: aborting.signal }));
  aborting.abort(new Error('no longer'));
  assert.is((await asked).message, 'no longer');
  assert.is((await errorFrom(r0.ask({}, { signal: aborting.signal }))).message, 'no longer');
  await turns(5);
  assert.is(r0.peers.get('r1')?.remote.stats().outbound.queued, 0);
});

test('a bad quorum is refused', () => {
  const r0 = replicaOf();
  for (const quorum of [0, 2, 1.5, NaN]) {
    assert.throws(() => void r0.ask({}, { quorum }), /BAD_OPTION: quorum must be .* from 1 to 1; got/);
  }
});

test('peers come and go while it runs, and their status is told with their name', async () => {
  const [r0, r1] = [replicaOf(), replicaOf()];
  await r0.start();
  const address = `127.0.0.1:${await r1.start()}`;
  const statuses = told(r0.status$, ({ peer, status }) => `${peer} ${status.state}`);
  r0.add('b', address);
  await until('the link', () => statuses.includes('b open'));
  const late = told(r0.status$, ({ peer, status }) => `${peer} ${status.state}`);
  assert.equal(late, ['b open']);
  r0.send('b', { beat: { at: 1 } });
  const { sent, confirmed } = await r0.remove('b');
  assert.equal([sent, confirmed, r0.peers.size], [1, true, 0]);
  assert.equal(statuses, ['b idle', 'b connecting', 'b open', 'b draining', 'b closed']);
  r0.add('b', address);
  await until('the link again', () => statuses.filter((word) => word === 'b open').length === 2);
});

test('what a peer that is down cannot be sent waits in its buffer, and what that cannot hold is told', async () => {
  const r1 = replicaOf();
  const port = await r1.start();
  await r1.stop();
  const r0 = replicaOf({ outgoing: { maxMessages: 2, overflow: 'drop-oldest' } });
  r0.add('down', `127.0.0.1:${port}`);
  await r0.start();
  const dropped = told(r0.dropped$, ({ peer, type, reason }) => `${peer} ${type} ${reason}`);
  assert.equal(r0.broadcast({ vote: { term: 1 } }), []);
  assert.equal(r0.broadcast({ append: { term: 1 } }), []);
  assert.equal(r0.broadcast({ beat: { at: 1 } }), []);
  assert.equal(dropped, ['down vote overflow']);
  const again = replicaOf();
  const answers = told(r0.events$, ({ type }) => type);
  await again.start({ address: `127.0.0.1:${port}` });
  await until('what was kept', () => answers.length === 2);
  assert.equal(answers, ['append', 'beat']);
});

test('broadcast names the peers whose buffers have not taken the message, and send is true for one that has', () => {
  const r0 = replicaOf({ outgoing: { maxMessages: 2 } });
  r0.add('down', '127.0.0.1:1');
  const names = [1, 2, 3].map((at) => r0.broadcast({ beat: { at } }));
  assert.equal(names, [[], [], ['down']]);
  assert.is(r0.send('down', { beat: { at: 4 } }), false);
});

test('a peer that is added while the replica starts is connected to once, and each event comes once', async () => {
  const r1 = replicaOf();
  const port = await r1.start();
  const r0 = replicaOf();
  const starting = r0.start();
  r0.add('r1', `127.0.0.1:${port}`);
  const events = told(r0.events$, ({ type }) => type);
  await starting;
  await until('the link', () => openLinks(r0) === 1);
  r0.broadcast({ beat: { at: 1 } });
  await until('the event', () => events.length > 0);
  await turns(20);
  assert.equal(events, ['beat']);
});

test('a start that fails connects to nobody, and may be tried again', async () => {
  const r1 = replicaOf();
  const port = await r1.start();
  const r0 = replicaOf();
  r0.add('r1', `127.0.0.1:${port}`);
  await errorFrom(r0.start({ address: `127.0.0.1:${port}` }));
  r0.add('also', `127.0.0.1:${port}`);
  await turns(20);
  assert.is(openLinks(r0), 0);
  assert.is(r0.serving, undefined);
  await r0.start();
  await until('both links', () => openLinks(r0) === 2);
});

test('a replica that is stopped while it starts is not started, and frees its port', async () => {
  const r0 = replicaOf();
  const starting = r0.start();
  await r0.stop();
  assert.is((await errorFrom(starting)).code, 'CLOSED');
  assert.is((await errorFrom(r0.start())).code, 'CLOSED');
});

test('a replica that is restarted on its port is found again, and nothing queued is lost', async () => {
  const all = await replicas(3);
  const r0 = named(all, 'r0');
  await connected(all);
  const port = Number(r0.peers.get('r2')?.address.split(':')[1]);
  await named(all, 'r2').stop();
  const { answers } = await r0.ask({ vote: { term: 1 } });
  assert.equal(
    answers.map(({ peer }) => peer),
    ['r1'],
  );
  const again = replicaOf();
  await again.start({ address: `127.0.0.1:${port}` });
  const full = await r0.ask({ vote: { term: 2 } }, { quorum: 3 });
  assert.is(full.answers.length, 2);
  for (const { remote } of r0.peers.values()) assert.ok(balanced(remote.stats().outbound));
});

test('a slow reader of all events slows every peer, also one that is added later', async () => {
  const all = await replicas(2);
  const r0 = named(all, 'r0');
  const stream = seen(r0.events$.pipe(consume(() => NEVER)));
  await connected(all);
  r0.broadcast({ beat: { at: 1 } });
  const gateOf = (name: string): boolean | undefined => r0.peers.get(name)?.remote.gate.held;
  await until('the gate to be held', () => gateOf('r1') === true);
  r0.add('later', r0.peers.get('r1')?.address ?? '');
  assert.is(gateOf('later'), true);
  const { remote } = r0.peers.get('later') ?? {};
  await r0.remove('later', { drainMs: 10 });
  assert.is(remote?.gate.held, false);
  stream.stop();
  assert.is(gateOf('r1'), false);
});

test('stop ends every link and call, frees the port, completes the streams, and joins an earlier stop', async () => {
  const all = await replicas(3);
  const r0 = named(all, 'r0');
  await connected(all);
  const ends = [seen(r0.events$), seen(r0.status$), seen(r0.dropped$), seen(r0.on('vote'))];
  r0.broadcast({ beat: { at: 1 } });
  const stopping = r0.stop();
  assert.is(r0.stop(), stopping);
  await stopping;
  assert.equal(
    ends.map((stream) => stream.ends),
    [['complete'], ['complete'], ['complete'], ['complete']],
  );
  assert.is(r0.serving?.stats().open, 0);
  assert.throws(() => r0.add('new', '127.0.0.1:1'), /CLOSED/);
  const heir = replicaOf();
  const port = named(all, 'r1').peers.get('r0')?.address ?? '';
  await heir.start({ address: port });
});

test('bad names are refused, and so is a second start', async () => {
  const r0 = replicaOf();
  r0.add('a', '127.0.0.1:1');
  assert.throws(() => r0.add('a', '127.0.0.1:2'), /BAD_OPTION: name must be one that no other peer has/);
  assert.throws(() => r0.add('', '127.0.0.1:2'), /BAD_OPTION: name must be/);
  assert.throws(() => r0.send('nobody', {}), /BAD_OPTION: peer must be the name of one; got "nobody"/);
  assert.throws(() => void r0.remove('nobody'), /BAD_OPTION: name must be that of a peer/);
  await r0.start();
  assert.match((await errorFrom(r0.start())).message, /CLOSED: the replica was started before/);
});

test('a port that is taken is an error of start', async () => {
  const [r0, r1] = [replicaOf(), replicaOf()];
  const port = await r0.start();
  const error = await errorFrom(r1.start({ address: `127.0.0.1:${port}` }));
  assert.match(error.message, /EADDRINUSE|No address added/);
});

test.run();
