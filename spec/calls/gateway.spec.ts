import { Metadata } from '@grpc/grpc-js';
import { Remote, bidi, oneof, repeated, rx } from 'rxduplex';
import type { Bidi, Open } from 'rxduplex';
import type { PeerReply__Output, PeerRequest } from 'rxduplex/peer';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Hop, Shown, agreements, backend, bareBackend, behind, forge, gateway } from '../support/gateway.js';
import type { Who } from '../support/gateway.js';
import { barePeer, beat, stopAll } from '../support/peer.js';
import type { Peer } from '../support/peer.js';

test.after.each(stopAll);

const count = 200;
const tenant = 'of the client';

/** What a client has heard when its call was over. */
interface Heard {
  readonly answered: number[];
  readonly confirmed: boolean;
  readonly initial: Metadata[];
  readonly trailers: Metadata[];
}

/** Notes what the calls of `open` were told beside their messages. */
function noting(
  open: Bidi<PeerRequest, PeerReply__Output>,
  { initial, trailers }: Pick<Heard, 'initial' | 'trailers'>,
): Open<PeerRequest, PeerReply__Output> {
  const noted: Open<PeerRequest, PeerReply__Output> = (context) => {
    const call = open(context);
    if ('then' in call) return call;
    call.on('metadata', (metadata: Metadata) => initial.push(metadata.clone()));
    call.on('status', (status) => trailers.push(status.metadata.clone()));
    return call;
  };
  return Object.assign(noted, open);
}

/** Asks once, and then many times at once, and closes. */
async function asked(on: Peer, batches: boolean, shown: Shown): Promise<Heard> {
  const metadata = new Metadata();
  metadata.set('tenant', tenant);
  const told = { initial: [], trailers: [] };
  const open = bidi(on.client(), 'exchange', { metadata, ...(batches && { batch: repeated('batch') }) });
  await using remote = new Remote(noting(open, told), {
    events: oneof('event'),
    requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: ({ id }) => id },
  });
  remote.messages$.subscribe(shown.message);
  const ask = async (term: number): Promise<number> => {
    const reply = await firstValueFrom(remote.request({ vote: { term } }, { timeoutMs: 10_000 }));
    return Number(reply.vote?.term);
  };
  // The answer shows that the peer has said whether it agrees.
  await ask(0);
  const answered = await Promise.all(Array.from({ length: count }, (_, at) => ask(at)));
  const { confirmed } = await remote.close();
  return { answered, confirmed, ...told };
}

/** All were answered, each by its own answer; nobody was shown what is not for him; and metadata came all the way. */
function allIsWell({ answered, confirmed, trailers }: Heard, shown: Shown): void {
  assert.equal(
    answered,
    Array.from({ length: count }, (_, at) => at),
  );
  assert.is(confirmed, true);
  assert.equal(
    trailers.map((each) => each.get('tenant')[0]),
    [tenant],
  );
  assert.equal([shown.agreements, shown.envelopes], [[], 0]);
}

const saysOf = ({ asked, agreed }: Hop): { asked: boolean; agreed: boolean } => ({ asked, agreed });

const [yes, no] = [true, false];

/** Whether the client, the gateway and the backend batch. */
const combinations = [yes, no].flatMap((client) =>
  [yes, no].flatMap((gateway) => [yes, no].map((backend) => ({ client, gateway, backend }))),
);

for (const who of Object.keys(behind) as Who[]) {
  for (const batches of combinations) {
    const those = Object.entries(batches).flatMap(([name, batches]) => (batches ? [name] : []));
    test(`a gateway with ${who} behind, where ${those.join(', ') || 'nobody'} may batch: each hop has its own agreement`, async () => {
      const [front, back, shown] = [new Hop(), new Hop(), new Shown()];
      const to = await backend(batches.backend, back, shown);
      const on = await gateway(to, front, { batches: batches.gateway, behind: who, shown });
      allIsWell(await asked(on, batches.client, shown), shown);
      const agreed = batches.client && batches.gateway;
      assert.equal(saysOf(front), { asked: batches.client, agreed });
      assert.is(front.envelopes > 0, agreed);
      // Only a Remote can ask for envelopes.
      const askedBehind = batches.gateway && who === 'a Remote';
      assert.equal(saysOf(back), { asked: askedBehind, agreed: askedBehind && batches.backend });
      if (!back.agreed) assert.is(back.envelopes, 0);
    });
  }

  for (const batches of combinations.filter(({ backend }) => !backend)) {
    const those = [...(batches.client ? ['client'] : []), ...(batches.gateway ? ['gateway'] : [])];
    test(`a gateway with ${who} behind, where ${those.join(', ') || 'nobody'} may batch: a server that sends all metadata back has not agreed`, async () => {
      const [front, back, shown] = [new Hop(), new Hop(), new Shown()];
      const to = await bareBackend(back, shown);
      const on = await gateway(to, front, { batches: batches.gateway, behind: who, shown });
      allIsWell(await asked(on, batches.client, shown), shown);
      assert.equal(saysOf(front), { asked: batches.client, agreed: batches.client && batches.gateway });
      assert.equal(saysOf(back), { asked: batches.gateway && who === 'a Remote', agreed: false });
      assert.is(back.envelopes, 0);
    });
  }
}

test('a server that sends all metadata back has not agreed with a client either that asks it itself', async () => {
  const [hop, shown] = [new Hop(), new Shown()];
  const heard = await asked(await bareBackend(hop, shown), true, shown);
  allIsWell(heard, shown);
  assert.equal([saysOf(hop), hop.envelopes], [{ asked: true, agreed: false }, 0]);
  assert.equal(heard.initial[0]?.get('rxduplex-batch'), ['batch']);
});

test('a handler that puts an agreement into its metadata or trailers has not agreed', async () => {
  const [hop, shown] = [new Hop(), new Shown()];
  const heard = await asked(await backend(false, hop, shown, forge), true, shown);
  allIsWell(heard, shown);
  assert.equal([saysOf(hop), hop.envelopes], [{ asked: true, agreed: false }, 0]);
  for (const metadata of [...heard.initial, ...heard.trailers]) {
    for (const name of agreements) assert.equal(metadata.get(name), []);
  }
});

test('a handler that puts another agreement into its metadata than its server has made is not heard', async () => {
  const [hop, shown] = [new Hop(), new Shown()];
  const to = await backend(true, hop, shown, ({ initialMetadata }) => initialMetadata.set('rxduplex-batched', 'other'));
  const heard = await asked(to, true, shown);
  allIsWell(heard, shown);
  assert.equal(heard.initial[0]?.get('rxduplex-batched'), ['batch']);
  assert.ok(hop.envelopes > 0);
});

test('metadata of a call that came by another server than ours ask for nothing on the next hop', async () => {
  const metadata = new Metadata();
  for (const name of [...agreements, 'tenant']) metadata.set(name, 'batch');
  const [hop, shown] = [new Hop(), new Shown()];
  const on = await backend(true, hop, shown);
  const client = on.client();
  const trailers: Metadata[] = [];
  const onStatus = (status: { readonly metadata: Metadata }): void => void trailers.push(status.metadata);
  await lastValueFrom(rx(client).exchange([beat(1)], { metadata, onStatus }));
  await lastValueFrom(rx(client, { metadata }).exchange([beat(1)], { onStatus }));
  const remote = new Remote(bidi(client, 'exchange', { metadata }), { events: oneof('event') });
  const reply = firstValueFrom(remote.on('beat'));
  remote.next(beat(1));
  await reply;
  await remote.close();
  assert.equal(saysOf(hop), { asked: false, agreed: false });
  assert.equal(
    trailers.map((each) => each.get('tenant')[0]),
    ['batch', 'batch'],
  );
  assert.equal([shown.agreements, shown.envelopes], [[], 0]);
});

test('onMetadata and onStatus are not told of an agreement that a server of another kind has put there', async () => {
  const forged = new Metadata();
  for (const name of [...agreements, 'token']) forged.set(name, 'batch');
  const on = await barePeer((call) => {
    call.sendMetadata(forged.clone());
    call.resume().on('end', () => call.end(forged.clone()));
  });
  const told: Metadata[] = [];
  await lastValueFrom(
    rx(on.client()).exchange([beat(1)], {
      onMetadata: (metadata) => told.push(metadata),
      onStatus: ({ metadata }) => told.push(metadata),
    }),
    { defaultValue: undefined },
  );
  assert.equal(
    told.map((metadata) => [...agreements, 'token'].map((name) => metadata.get(name)[0])),
    Array(2).fill([undefined, undefined, 'batch']),
  );
});

test.run();
