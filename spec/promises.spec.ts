import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { handled, reported } from '../lib/promises.js';
import { turns } from './support/peer.js';

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

test.before(() => {
  process.on('unhandledRejection', note);
});

test.after(() => {
  process.off('unhandledRejection', note);
});

test('a handled promise that nobody awaits is no unhandled rejection, and is the very promise', async () => {
  const failing = Promise.reject(new Error('no'));
  assert.is(handled(failing), failing);
  void handled(Promise.reject(new Error('nor this')));
  await turns(3);
  assert.equal(unhandled, []);
});

test('a reported promise that nobody awaits is reported once, and is no unhandled rejection', async () => {
  const reports: unknown[] = [];
  const reason = new Error('no');
  void reported(Promise.reject(reason), (error) => void reports.push(error));
  await turns(3);
  assert.equal([reports, unhandled], [[reason], []]);
});

const failing = (reports: unknown[]): Promise<never> =>
  reported(Promise.reject(new Error('no')), (error) => void reports.push(error));

const waiters: Readonly<Record<string, (promise: Promise<never>) => Promise<unknown>>> = {
  await: async (promise) => {
    try {
      return await promise;
    } catch (error) {
      return error;
    }
  },
  catch: (promise) => promise.catch((error: unknown) => error),
  'then with two functions': (promise) =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    ),
  'Promise.allSettled': async (promise) =>
    ((await Promise.allSettled([promise]))[0] as { readonly reason: unknown }).reason,
  'an async function that returns it': async (promise) => {
    const pass = async (): Promise<never> => promise;
    return pass().catch((error: unknown) => error);
  },
};

for (const [name, wait] of Object.entries(waiters)) {
  test(`whoever waits for a reported promise by ${name} gets its reason, and nothing is reported`, async () => {
    const reports: unknown[] = [];
    assert.is(((await wait(failing(reports))) as Error).message, 'no');
    await turns(3);
    assert.equal([reports, unhandled], [[], []]);
  });
}

test('what is derived from a reported promise is an ordinary promise, which has to be awaited', async () => {
  const derived = failing([]).then(() => undefined);
  assert.is(derived.constructor, Promise);
  await turns(3);
  assert.is(unhandled.length, 1);
  unhandled.length = 0;
});

test('a reported promise that is fulfilled gives its value', async () => {
  assert.is(await reported(Promise.resolve(5), () => assert.unreachable()), 5);
});

test.run();
