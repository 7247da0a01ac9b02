import { status } from '@grpc/grpc-js';
import type { Metadata } from '@grpc/grpc-js';
import { Outgoing, consume, duplex, iterate, reconnect } from 'rxduplex';
import type { PeerReply, PeerReply__Output, PeerRequest } from 'rxduplex/peer';
import { NEVER, Subject, concat, firstValueFrom, from, map, of } from 'rxjs';
import type { Observable } from 'rxjs';
import * as assert from 'uvu/assert';

import { seen } from './marbles.js';
import { beat, echo, replyTo, turns, until } from './peer.js';
import type { ExchangeCall } from './peer.js';
import { far } from './scene.js';
import type { Scene, SceneOpen, SceneRemote } from './scene.js';
import { errorFrom } from './told.js';

/** Ends something, and gives what outlives that. */
type Ending = (scene: Scene) => Promise<unknown>;

async function closedTwice(remote: SceneRemote, drainMs: number = far): Promise<SceneRemote> {
  const [first, second] = await Promise.all([remote.close({ drainMs }), remote.close({ drainMs: far })]);
  assert.is(first, second);
  return remote;
}

const silent = (): void => undefined;
const unavailable = (call: ExchangeCall): void =>
  void call.emit('error', { code: status.UNAVAILABLE, details: 'gone' });

const speaking = (call: ExchangeCall): void => {
  for (let id = 0; id < 200; id += 1) call.write({ id, append: { payload: Buffer.alloc(1024) } });
};

function connecting({ signal }: Scene, remote: SceneRemote): void {
  remote.on('beat').subscribe();
  remote.next(beat(1));
  void remote.connect({ signal });
}

const aCall = ({ calls }: Scene): Promise<void> => until('a call', () => calls.length > 0);

/** A stream that does all that takes time: it waits for an open, for an uptime, for a backoff. */
function streamOf(open: SceneOpen): Observable<PeerReply__Output> {
  const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
  return duplex(open, outgoing, { openTimeoutMs: far }).pipe(reconnect({ backoff: () => far, minUptimeMs: far }));
}

export const endings: Readonly<Record<string, Ending>> = {
  'a close, twice, while the channel is connecting': async (scene) => {
    const remote = scene.remote(await scene.mute());
    connecting(scene, remote);
    await aCall(scene);
    return closedTwice(remote, 20);
  },
  'a close, twice, while the peer gives no sign': async (scene) => {
    const remote = scene.remote(await scene.bare(silent));
    remote.on('beat').subscribe();
    const connected = remote.connect({ signal: scene.signal });
    await aCall(scene);
    await closedTwice(remote, 20);
    assert.is(await connected, false);
    return remote;
  },
  'a close, twice, while metadata is awaited': async (scene) => {
    let asked = false;
    const metadata = (): Promise<Metadata> => {
      asked = true;
      return new Promise(() => undefined);
    };
    const remote = scene.remote(await scene.bare(silent, { metadata }));
    connecting(scene, remote);
    await until('the metadata to be asked for', () => asked);
    return closedTwice(remote);
  },
  'a close, twice, while another attempt is waited for': async (scene) => {
    const remote = scene.remote(await scene.bare(unavailable));
    const { values } = seen(remote.status$);
    connecting(scene, remote);
    await until('the wait', () => values.at(-1)?.state === 'reconnecting');
    return closedTwice(remote);
  },
  'a close, twice, while a consumer holds': async (scene) => {
    const remote = scene.remote(await scene.bare(speaking));
    remote.messages$.subscribe();
    remote
      .on('append')
      .pipe(consume(() => NEVER))
      .subscribe();
    await until('the gate to be held', () => remote.gate.held);
    return closedTwice(remote, 20);
  },
  'a close, twice, while an iterator that is never iterated holds': async (scene) => {
    const remote = scene.remote(await scene.bare(speaking));
    const values = iterate(remote.on('append'));
    await until('the gate to be held', () => remote.gate.held);
    await closedTwice(remote, 20);
    return [remote, values];
  },
  'a close, twice, that is confirmed': async (scene) => {
    const remote = scene.remote(await scene.bare(echo));
    connecting(scene, remote);
    await firstValueFrom(remote.on('beat'));
    await closedTwice(remote);
    assert.ok((await remote.close()).confirmed);
    return remote;
  },
  'a close while connect, send, feed and request wait, each with a signal': async (scene) => {
    const { signal } = scene;
    const remote = scene.remote(await scene.mute(), { outgoing: { maxMessages: 1 } });
    connecting(scene, remote);
    const feeds = [remote.feed([beat(3)], { signal }), remote.feed(NEVER, { signal })];
    const ends = [
      remote.send(beat(2), { signal }),
      firstValueFrom(remote.request(beat(4), { signal, timeoutMs: far })),
    ].map(errorFrom);
    await aCall(scene);
    await remote.close({ drainMs: 20 });
    for (const end of ends) assert.is((await end).code, 'CLOSED');
    assert.equal(await Promise.all(feeds), [
      { taken: 0, refused: 1 },
      { taken: 0, refused: 0 },
    ]);
    return remote;
  },
  'a close of a Remote that waits to go idle': async (scene) => {
    const remote = scene.remote(await scene.bare(echo));
    for (let sent = 1; sent <= 3; sent += 1) {
      remote.next(beat(sent));
      await until('the message to be sent', () => remote.stats().outbound.sent === sent);
      await turns(5);
    }
    return closedTwice(remote);
  },
  'a close during a hand-over, while a consumer holds': async (scene) => {
    const renew = new Subject<void>();
    const remote = scene.remote(await scene.bare(speaking), { reconnect: { renew } });
    remote
      .on('append')
      .pipe(consume(() => NEVER))
      .subscribe();
    await until('the gate to be held', () => remote.gate.held);
    renew.next();
    await closedTwice(remote, 20);
    return [remote, renew];
  },
  'the end of a block of await using': async (scene) => {
    await using remote = scene.remote(await scene.bare(echo));
    connecting(scene, remote);
    await firstValueFrom(remote.on('beat'));
    return remote;
  },
  'the completion of what a Remote is subscribed to': async (scene) => {
    const remote = scene.remote(await scene.bare(echo));
    const { ends } = seen(remote.on('beat'));
    from([beat(1), beat(2)]).subscribe(remote);
    await until('the end', () => ends.length > 0);
    return remote;
  },
  'an error of what a Remote is subscribed to, while a consumer holds': async (scene) => {
    const remote = scene.remote(await scene.bare(speaking));
    const { ends } = seen(remote.on('append').pipe(consume(() => NEVER)));
    await until('the gate to be held', () => remote.gate.held);
    remote.error(new Error('no more'));
    await until('the end', () => ends.length > 0);
    return remote;
  },
  'an error of the peer that is final': async (scene) => {
    const remote = scene.remote(
      await scene.bare((call) => call.emit('error', { code: status.PERMISSION_DENIED, details: 'not you' })),
    );
    await errorFrom(remote.connect({ signal: scene.signal }));
    return remote;
  },
  'a Remote gone idle, that is not closed': async (scene) => {
    const remote = scene.remote(await scene.bare(echo), { idleMs: 1 });
    const { values } = seen(remote.status$);
    remote.next(beat(1));
    await until('it to be idle', () => values.length > 1 && values.at(-1)?.state === 'idle');
    return remote;
  },
  'a connect that is aborted, of a Remote that is not closed': async (scene) => {
    const remote = scene.remote(await scene.bare((call) => call.on('end', () => call.end()).resume()), { idleMs: 1 });
    const { values } = seen(remote.status$);
    const end = errorFrom(remote.connect({ signal: scene.signal }));
    await aCall(scene);
    scene.aborting.abort(new Error('no longer'));
    assert.is((await end).message, 'no longer');
    await until('it to be idle', () => values.length > 1 && values.at(-1)?.state === 'idle');
    return remote;
  },
  'an unsubscribe while the channel is connecting': async (scene) => {
    const stream$ = streamOf(await scene.mute());
    const { stop } = seen(stream$);
    await aCall(scene);
    stop();
    return stream$;
  },
  'an unsubscribe while another attempt is waited for': async (scene) => {
    let refused = 0;
    const stream$ = streamOf(
      await scene.bare((call) => {
        unavailable(call);
        refused += 1;
      }),
    );
    const { stop } = seen(stream$);
    await until('the wait', () => refused === 1);
    stop();
    return stream$;
  },
  'an unsubscribe while a consumer holds': async (scene) => {
    const stream$ = streamOf(await scene.bare(speaking));
    let handled = 0;
    const { stop } = seen(
      stream$.pipe(
        consume(() => {
          handled += 1;
          return NEVER;
        }),
      ),
    );
    await until('the first', () => handled === 1);
    stop();
    return stream$;
  },
  'an iterator that is never iterated, aborted': async (scene) => {
    const stream$ = streamOf(await scene.bare(speaking));
    const values = iterate(stream$, { signal: scene.signal });
    await aCall(scene);
    scene.aborting.abort(new Error('no longer'));
    return [stream$, values];
  },
  'a loop that is left, with a signal': async (scene) => {
    const stream$ = streamOf(await scene.bare(speaking));
    const values = iterate(stream$, { signal: scene.signal });
    for await (const { id } of values) if (id === '50') break;
    return [stream$, values];
  },
  'a drain of 1,000 calls whose handlers come to their end': async (scene) => {
    const { open, serving } = await scene.served((requests$) => requests$.pipe(map(replyTo)));
    const told = await thousand(open);
    await serving.drain({ graceMs: far });
    await until('all ends', () => told.ends === 1000);
    assert.is(serving.stats().completed, 1000);
    return serving;
  },
  'a drain of 1,000 calls whose handlers hold': async (scene) => {
    const hold = consume(() => concat(of<PeerReply>({ id: 1 }), NEVER));
    const { open, serving } = await scene.served((requests$) => requests$.pipe(hold));
    const told = await thousand(open);
    await Promise.all([serving.drain({ graceMs: 20 }), serving.drain({ graceMs: far })]);
    await until('all ends', () => told.ends === 1000);
    assert.is(serving.stats().failed, 1000);
    return serving;
  },
  'a cancel of a call whose handler iterates, and holds': async (scene) => {
    let handled = 0;
    const { open, serving } = await scene.served(async function* (requests$, { signal }) {
      for await (const request of iterate(requests$, { signal })) {
        handled += 1;
        yield replyTo(request);
        await new Promise(() => undefined);
      }
    });
    const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
    const { stop } = seen(duplex(open, outgoing));
    for (let id = 0; id < 100; id += 1) outgoing.next(beat(id));
    await until('the first', () => handled === 1);
    stop();
    await until('the call to end', () => serving.stats().open === 0);
    return serving;
  },
};

/** So many open calls, each of which has been answered; tells the ends of them. */
async function thousand(open: SceneOpen): Promise<{ readonly ends: number }> {
  const told = { answers: 0, ends: 0 };
  const ended = (): void => void (told.ends += 1);
  for (let count = 0; count < 1000; count += 1) {
    const outgoing = new Outgoing<PeerRequest>({ encode: open.encode });
    outgoing.next(beat(1));
    duplex(open, outgoing).subscribe({ next: () => (told.answers += 1), error: ended, complete: ended });
  }
  await until('all to be answered', () => told.answers === 1000);
  return told;
}
