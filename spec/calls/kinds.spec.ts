// time limit: 300 s
import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import {
  answered,
  asked,
  getsMany,
  kinds,
  metadataOf,
  pairings,
  refused,
  sendsMany,
  stage,
  stopStages,
} from '../support/kinds.js';
import type { Form, Heard, Kind, Pairing, Script, Stage } from '../support/kinds.js';
import { until } from '../support/peer.js';

test.after.each(stopStages);

const hasOurServer = (pairing: Pairing): boolean => pairing.endsWith('our server');
const hasOurClient = (pairing: Pairing): boolean => pairing.startsWith('our client');

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

async function ended(heard: Heard): Promise<unknown> {
  await until('the end', () => heard.ends.length > 0 && heard.statuses.length > 0);
  assert.is(heard.ends.length, 1);
  return heard.ends[0];
}

/** The call ends with OK, and these answers. */
async function assertAnswered(heard: Heard, answers: readonly number[]): Promise<void> {
  assert.is(await ended(heard), 'complete');
  assert.equal(heard.answers, [...answers]);
  assert.is(heard.statuses[0]?.code, status.OK);
}

/** Ours has no call left, and has counted each as ended in this way. */
async function assertBooked({ serving, told }: Stage, outcome: 'completed' | 'failed' | 'cancelled'): Promise<void> {
  if (!serving) return;
  await until('the books', () => serving.stats().open === 0);
  const { completed, failed, cancelled } = serving.stats();
  assert.equal({ completed, failed, cancelled }, { completed: 0, failed: 0, cancelled: 0, [outcome]: told.begun });
}

type Case = (pairing: Pairing, kind: Kind) => Promise<void>;

const failsAs =
  (fails: Pick<NonNullable<Script['fails']>, 'when' | 'how'>): Case =>
  async (pairing, kind) => {
    const on = await stage(pairing, { fails: { ...fails, with: refused } });
    const heard = on.call(kind, { endless: true });
    if (kind === 'unary' && fails.when === 'after' && hasOurServer(pairing)) {
      // What comes after the one answer is not waited for.
      await assertAnswered(heard, [1]);
      return;
    }
    if (kind === 'unary' && fails.when === 'after') {
      await assertAnswered(heard, answered.unary);
      return;
    }
    const { code, details } = (await ended(heard)) as ServiceError;
    assert.equal([code, details], [status.PERMISSION_DENIED, 'not you']);
    // R3: a bare client may lose answers to the error that follows them; ours reads what has come.
    if (fails.when === 'before' || !getsMany(kind)) assert.equal(heard.answers, []);
    await assertBooked(on, 'failed');
  };

const inForm =
  (form: Form): Case =>
  async (pairing, kind) => {
    const on = await stage(pairing, { form });
    await assertAnswered(on.call(kind, { form }), answered[kind]);
    await assertBooked(on, 'completed');
  };

const cases: Record<string, Case> = {
  basic: async (pairing, kind) => {
    const on = await stage(pairing);
    await assertAnswered(on.call(kind), answered[kind]);
    await assertBooked(on, 'completed');
  },
  metadata: async (pairing, kind) => {
    const on = await stage(pairing, { initial: { welcome: 'yes' } });
    const heard = on.call(kind, { metadata: metadataOf({ token: 'mine' }) });
    await assertAnswered(heard, answered[kind]);
    assert.equal(on.told.metadata[0]?.get('token'), ['mine']);
    assert.equal(heard.initial[0]?.get('welcome'), ['yes']);
    assert.is(heard.initial.length, 1);
  },
  trailers: async (pairing, kind) => {
    const on = await stage(pairing, { trailers: { counted: '3' } });
    const heard = on.call(kind);
    await assertAnswered(heard, answered[kind]);
    assert.equal(heard.statuses[0]?.metadata.get('counted'), ['3']);
  },
  error: async (pairing, kind) => {
    const on = await stage(pairing, {
      trailers: { counted: '0' },
      fails: { with: refused, when: 'before', how: 'asynchronously' },
    });
    const heard = on.call(kind, { endless: true });
    const error = (await ended(heard)) as ServiceError;
    assert.instance(error, Error);
    assert.equal([error.code, error.details], [status.PERMISSION_DENIED, 'not you']);
    assert.equal(error.metadata.get('why'), ['because']);
    assert.equal(heard.statuses[0]?.metadata.get('why'), ['because']);
    if (hasOurServer(pairing)) assert.equal(error.metadata.get('counted'), ['0']);
    await assertBooked(on, 'failed');
  },
  cancel: async (pairing, kind) => {
    const on = await stage(pairing, { silent: true });
    const heard = on.call(kind, { endless: true });
    await until('the call', () => on.told.begun === 1);
    heard.stop();
    await until('the handler to be told', () => on.told.cancelled === 1);
    await until('the status', () => heard.statuses.length === 1);
    assert.is(heard.statuses[0]?.code, status.CANCELLED);
    if (hasOurClient(pairing)) assert.equal(heard.ends, []);
    if (sendsMany(kind)) await until('the source to be left', () => heard.left);
    await assertBooked(on, 'cancelled');
  },
  'early end': async (pairing, kind) => {
    const on = await stage(pairing, { early: true });
    const heard = on.call(kind, { endless: true });
    const [one = 0] = asked[kind];
    await assertAnswered(heard, sendsMany(kind) ? [one] : answered[kind]);
    if (sendsMany(kind)) await until('the source to be left', () => heard.left);
    await assertBooked(on, 'completed');
  },
  'high rate': async (pairing, kind) => {
    const on = await stage(pairing);
    const many = upTo(5_000);
    if (kind === 'unary') {
      const calls = upTo(1_000).map((id) => on.call(kind, { ids: [id] }));
      for (const [index, heard] of calls.entries()) await assertAnswered(heard, [index + 1]);
    } else if (kind === 'serverStream') await assertAnswered(on.call(kind, { ids: [1_000] }), upTo(1_000));
    else {
      const heard = on.call(kind, { ids: many, form: 'iterable' });
      await assertAnswered(heard, kind === 'bidi' ? many : [many.reduce((sum, id) => sum + id)]);
    }
    await assertBooked(on, 'completed');
  },
  deadline: async (pairing, kind) => {
    const on = await stage(pairing, { silent: true });
    const heard = on.call(kind, { timeoutMs: 100, endless: true });
    const { code } = (await ended(heard)) as ServiceError;
    assert.is(code, status.DEADLINE_EXCEEDED);
    if (on.told.begun > 0) await until('the handler to be told', () => on.told.cancelled === 1);
    await assertBooked(on, 'cancelled');
  },
  shutdown: async (pairing, kind) => {
    const on = await stage(pairing, { silent: true });
    const heard = on.call(kind, { endless: true });
    await until('the call', () => on.told.begun === 1);
    on.server.forceShutdown();
    const { code } = (await ended(heard)) as ServiceError;
    assert.ok([status.CANCELLED, status.UNAVAILABLE].includes(code), String(code));
    await until('the handler to be told', () => on.told.cancelled === 1);
    await assertBooked(on, 'cancelled');
  },
  'a handler that throws before the first message, synchronously': failsAs({ when: 'before', how: 'synchronously' }),
  'a handler that throws before the first message, asynchronously': failsAs({ when: 'before', how: 'asynchronously' }),
  'a handler that throws after the first message, synchronously': failsAs({ when: 'after', how: 'synchronously' }),
  'a handler that throws after the first message, asynchronously': failsAs({ when: 'after', how: 'asynchronously' }),
  'an iterable': inForm('iterable'),
  'an async iterable': inForm('async iterable'),
  'an Observable': inForm('Observable'),
};

/** What only our server can do. */
const ours: Record<string, Case> = {
  'a drained server': async (pairing, kind) => {
    const on = await stage(pairing, { silent: true });
    const heard = on.call(kind, { endless: true });
    await until('the call', () => on.told.begun === 1);
    const drained = on.serving?.drain({ graceMs: 10 });
    const late = on.call(kind);
    await drained;
    for (const call of [heard, late]) assert.is(((await ended(call)) as ServiceError).code, status.UNAVAILABLE);
    await assertBooked(on, 'failed');
  },
};

function add(table: Readonly<Record<string, Case>>, among: readonly Pairing[]): void {
  for (const [name, run] of Object.entries(table))
    for (const pairing of among)
      for (const kind of kinds) test(`${name}: ${kind}, ${pairing}`, () => run(pairing, kind));
}
add(cases, pairings);
add(ours, pairings.filter(hasOurServer));

test.run();
