import { getEventListeners } from 'node:events';

import { Outgoing } from 'rxduplex';
import { NEVER, Observable } from 'rxjs';
import type { Subscription } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { failOnAbort, onAbort } from '../lib/abort.js';
import { turns } from './support/peer.js';

const listeners = ({ signal }: AbortController): number => getEventListeners(signal, 'abort').length;

test('all who listen to one signal share one listener, which is removed with the last of them', () => {
  const controller = new AbortController();
  const stops = Array.from({ length: 500 }, () => onAbort(controller.signal, () => undefined));
  assert.is(listeners(controller), 1);
  for (const stop of stops.slice(1)) stop();
  assert.is(listeners(controller), 1);
  stops[0]?.();
  stops[0]?.();
  assert.is(listeners(controller), 0);
  onAbort(controller.signal, () => undefined);
  assert.is(listeners(controller), 1);
});

test('each is called once with the reason, in the order in which they came, and none is left', () => {
  const controller = new AbortController();
  const calls: unknown[] = [];
  for (const name of ['a', 'b']) onAbort(controller.signal, (reason) => calls.push([name, reason]));
  controller.abort('enough');
  assert.equal(calls, [
    ['a', 'enough'],
    ['b', 'enough'],
  ]);
  assert.is(listeners(controller), 0);
});

test('one that another has made leave meanwhile is not called', () => {
  const controller = new AbortController();
  const calls: string[] = [];
  const stops: (() => void)[] = [];
  onAbort(controller.signal, () => {
    calls.push('a');
    stops.forEach((stop) => stop());
  });
  stops.push(onAbort(controller.signal, () => calls.push('b')));
  onAbort(controller.signal, () => calls.push('c'));
  controller.abort();
  assert.equal(calls, ['a', 'c']);
});

test('a subscriber is failed with the reason, at once if the signal has been aborted', () => {
  const reasons: unknown[] = [];
  const subscribe = (signal: AbortSignal): Subscription =>
    new Observable<never>((subscriber) => failOnAbort(subscriber, signal)).subscribe({
      error: (reason: unknown) => void reasons.push(reason),
    });
  subscribe(AbortSignal.abort('before'));
  const controller = new AbortController();
  subscribe(controller.signal);
  subscribe(controller.signal).unsubscribe();
  controller.abort('after');
  assert.equal(reasons, ['before', 'after']);
  assert.is(listeners(controller), 0);
});

test('hundreds of operations with one signal warn of nothing, and leave no listener', async () => {
  const warnings: unknown[] = [];
  const note = (warning: unknown): void => void warnings.push(warning);
  process.on('warning', note);
  const controller = new AbortController();
  const outgoing = new Outgoing<string>({ maxMessages: 1 });
  outgoing.next('one');
  const operations = Array.from({ length: 300 }, (_, at) =>
    at % 2 ? outgoing.send(String(at), controller) : outgoing.feed(NEVER, controller),
  );
  assert.is(listeners(controller), 1);
  controller.abort();
  const ends = await Promise.allSettled(operations);
  assert.ok(ends.every(({ status }) => status === 'rejected'));
  await turns(3);
  process.off('warning', note);
  assert.equal([warnings, listeners(controller)], [[], 0]);
});

test.run();
