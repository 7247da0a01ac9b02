import { Gate, Outgoing, Remote, bidi, consume, duplex, oneof, serve } from 'rxduplex';
import type { Gated } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerClient, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';
import { BehaviorSubject, NEVER, first } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { floodingClient, floodingServer, message, messageBytes } from '../support/flood.js';
import { replyBytes, requestBytes, unreadMessages, windowBytes } from '../support/flood.js';
import { seen } from '../support/marbles.js';
import { clientOf, closed, peer, stopAll, stopped, turns, until } from '../support/peer.js';
import { frameTypes, framesTo, preface, windowProxyTo } from '../support/window.js';
import type { Frame, WindowProxy } from '../support/window.js';

test.after.each(stopAll);

/** node updates a window when half of it is read: so often for what a reader may be given before it stands still. */
const aheadUpdates = Math.ceil((unreadMessages * (messageBytes + 16)) / (windowBytes / 2)) + 1;

/** The writer has used what it was given when its reader had read ahead, and is given no more. */
async function assertStandsStill({ stream, connection }: WindowProxy): Promise<void> {
  const most = stream.updates + aheadUpdates;
  const exhausted = (): boolean => {
    assert.ok(stream.updates <= most, `${stream.updates} updates while held, of ${most}`);
    return stream.exhausted;
  };
  for (let before = -1; before !== stream.updates;) {
    before = stream.updates;
    await turns(60);
    await until('the window to be used up', exhausted);
  }
  const { updates, used } = stream;
  // A while may make a fault go unseen, and nothing else.
  await turns(200);
  assert.equal([stream.updates, stream.used], [updates, used]);
  assert.not(connection.exhausted, 'no neighbour has to stand still');
}

/** A client of the peer behind a proxy. */
function clientBehind({ port }: WindowProxy): PeerClient {
  return closed(clientOf(port));
}

/** Not for what was read ahead alone. */
async function assertUpdated({ stream }: WindowProxy): Promise<void> {
  const enough = stream.updates + aheadUpdates;
  await until('more updates of the window', () => stream.updates > enough);
}

/** Lets go of what is held from the beginning, and holds it again, several times. */
async function assertHeeds(proxy: WindowProxy, letGo: () => void, hold: () => () => void): Promise<void> {
  let go = letGo;
  for (let round = 1; round <= 3; round += 1) {
    await assertStandsStill(proxy);
    go();
    await assertUpdated(proxy);
    go = hold();
  }
  await assertStandsStill(proxy);
}

test('frames are seen once each, in whatever chunks their bytes come', () => {
  const update = Buffer.from('00000408000000000100010000', 'hex');
  const data = Buffer.from('000003000180000005616263', 'hex');
  const bytes = Buffer.concat([preface, update, data, update]);
  const expected: Frame[] = [
    { type: frameTypes.windowUpdate, stream: 1, payload: Buffer.from('00010000', 'hex') },
    { type: frameTypes.data, stream: 5, payload: Buffer.from('abc') },
    { type: frameTypes.windowUpdate, stream: 1, payload: Buffer.from('00010000', 'hex') },
  ];
  for (let size = 1; size <= bytes.length; size += 1) {
    const frames: Frame[] = [];
    const push = framesTo((frame) => frames.push(frame), preface.length);
    for (let at = 0; at < bytes.length; at += size) push(bytes.subarray(at, at + size));
    assert.equal(frames, expected, `in chunks of ${size}`);
  }
});

test('no WINDOW_UPDATE of a call comes while its gate is held, from its opening on, and more when it is let go', async () => {
  const flood = stopped(await floodingServer(replyBytes(message)));
  const proxy = stopped(await windowProxyTo(flood.port, 'client'));
  const open = bidi(clientBehind(proxy), 'exchange');
  const gate = new Gate();
  const letGo = gate.hold();
  const stream = stopped(seen(duplex(open, new Outgoing<PeerRequest>({ encode: open.encode }), { gate })));
  await assertStandsStill(proxy);
  assert.equal(stream.values, []);
  await assertHeeds(proxy, letGo, gate.hold);
});

test("no WINDOW_UPDATE of a server's call comes while the gate of requests$ is held, and more when it is let go", async () => {
  let requests: Gated<PeerRequest__Output> | undefined;
  const served = await peer((server) => {
    serve(server, PeerService, {
      exchange: (requests$) => {
        requests = requests$;
        return NEVER;
      },
    });
  });
  const proxy = stopped(await windowProxyTo(served.port, 'server'));
  stopped(floodingClient(proxy.port, requestBytes(message)));
  await until('the call', () => requests !== undefined);
  const requests$ = requests as unknown as Gated<PeerRequest__Output>;
  const { gate } = requests$;
  await assertStandsStill(proxy);
  const letGo = gate.hold();
  const read = stopped(seen(requests$));
  await assertStandsStill(proxy);
  assert.equal(read.values, []);
  await assertHeeds(proxy, letGo, gate.hold);
  assert.ok(read.values.length > 0);
});

test('no WINDOW_UPDATE of a call comes while one reader of three of a Remote is slow, and more when it goes on', async () => {
  const flood = stopped(await floodingServer(replyBytes(message)));
  const proxy = stopped(await windowProxyTo(flood.port, 'client'));
  const remote = new Remote(bidi(clientBehind(proxy), 'exchange'), { events: oneof('event') });
  stopped({ stop: () => void remote.close({ drainMs: 0 }) });
  const slow = new BehaviorSubject(true);
  const goOn = (): void => slow.next(false);
  const slowDown = (): (() => void) => {
    slow.next(true);
    return goOn;
  };
  const quick = [remote.on('append'), remote.on('append')].map(seen);
  const handled = seen(remote.on('append').pipe(consume(() => slow.pipe(first((isSlow) => !isSlow)))));
  await assertHeeds(proxy, goOn, slowDown);
  for (const { values } of quick) assert.is(values.length, handled.values.length + 1);
  handled.stop();
  await assertUpdated(proxy);
});

test.run();
