import { Observable, config } from 'rxjs';
import type { Observer, Subscriber, Subscription } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Listeners } from '../lib/listeners.js';
import { memory } from './support/memory.js';
import { until } from './support/peer.js';

/** Listeners of numbers, and a way to be one of them. */
function hot() {
  const listeners = new Listeners<number>();
  const numbers$ = new Observable<number>((subscriber: Subscriber<number>) => listeners.add(subscriber));
  const come = (name: string, told: string[]): Subscription => numbers$.subscribe(writer(name, told));
  return { listeners, numbers$, come };
}

/** Writes down what `name` is told: `a 1`, `a complete`, `a error`. */
function writer(name: string, told: string[]): Observer<number> {
  return {
    next: (value) => void told.push(`${name} ${value}`),
    error: (error) => void told.push(`${name} ${(error as Error).message}`),
    complete: () => void told.push(`${name} complete`),
  };
}

test('each message is given to every subscriber, in the order in which they came', () => {
  const { listeners, come } = hot();
  const told: string[] = [];
  assert.not(listeners.observed);
  listeners.next(0);
  for (const name of ['a', 'b', 'c']) come(name, told);
  assert.ok(listeners.observed);
  listeners.next(1);
  listeners.next(2);
  assert.equal(told, ['a 1', 'b 1', 'c 1', 'a 2', 'b 2', 'c 2']);
});

test('who has left is given nothing, and who comes again is the last', () => {
  const { listeners, come } = hot();
  const told: string[] = [];
  const first = come('a', told);
  const second = come('b', told);
  listeners.next(1);
  first.unsubscribe();
  listeners.next(2);
  come('a again', told);
  listeners.next(3);
  second.unsubscribe();
  listeners.next(4);
  assert.equal(told, ['a 1', 'b 1', 'b 2', 'b 3', 'a again 3', 'a again 4']);
});

test('it is observed as long as there is one of them', () => {
  const { listeners, numbers$ } = hot();
  const subscriptions = [1, 2].map(() => numbers$.subscribe());
  subscriptions[0]?.unsubscribe();
  assert.ok(listeners.observed);
  subscriptions[1]?.unsubscribe();
  assert.not(listeners.observed);
});

test('who leaves while a message is being given gets no more of it, and the others all do', () => {
  const { listeners, numbers$, come } = hot();
  const told: string[] = [];
  const leaving: Subscription[] = [];
  numbers$.subscribe((value) => {
    told.push(`a ${value}`);
    if (value === 1) for (const subscription of leaving) subscription.unsubscribe();
  });
  leaving.push(come('b', told));
  come('c', told);
  leaving.push(come('d', told));
  listeners.next(1);
  listeners.next(2);
  assert.equal(told, ['a 1', 'c 1', 'a 2', 'c 2']);
});

test('who leaves in its own turn is not in the way of the next', () => {
  const { listeners, numbers$, come } = hot();
  const told: string[] = [];
  const itself = numbers$.subscribe((value) => {
    told.push(`a ${value}`);
    itself.unsubscribe();
  });
  come('b', told);
  listeners.next(1);
  listeners.next(2);
  assert.equal(told, ['a 1', 'b 1', 'b 2']);
});

test('who comes while a message is being given gets the next one', () => {
  const { listeners, numbers$, come } = hot();
  const told: string[] = [];
  numbers$.subscribe((value) => {
    told.push(`a ${value}`);
    if (value === 1) come('b', told);
  });
  listeners.next(1);
  assert.equal(told, ['a 1']);
  listeners.next(2);
  assert.equal(told, ['a 1', 'a 2', 'b 2']);
});

test('a message that is given while another is being given goes to those who are there by then', () => {
  const { listeners, numbers$, come } = hot();
  const told: string[] = [];
  numbers$.subscribe((value) => {
    told.push(`a ${value}`);
    if (value !== 1) return;
    come('c', told);
    listeners.next(2);
  });
  come('b', told);
  listeners.next(1);
  assert.equal(told, ['a 1', 'a 2', 'b 2', 'c 2', 'b 1']);
});

test('what one of them throws is told to RxJS alone: the others go on, and so does the one that threw', async () => {
  const { listeners, numbers$, come } = hot();
  const told: string[] = [];
  const thrown: unknown[] = [];
  const before = config.onUnhandledError;
  config.onUnhandledError = (error) => void thrown.push((error as Error).message);
  come('a', told);
  numbers$.subscribe((value) => {
    told.push(`b ${value}`);
    throw new Error(`thrown at ${value}`);
  });
  come('c', told);
  listeners.next(1);
  listeners.next(2);
  await until('RxJS to tell it', () => thrown.length === 2);
  config.onUnhandledError = before;
  assert.equal(told, ['a 1', 'b 1', 'c 1', 'a 2', 'b 2', 'c 2']);
  assert.equal(thrown, ['thrown at 1', 'thrown at 2']);
});

test('the end is told to all of them once, and later ones are told it when they come', () => {
  const ends: Readonly<Record<string, (of: Listeners<number>) => void>> = {
    complete: (of) => of.complete(),
    broken: (of) => of.error(new Error('broken')),
  };
  for (const [end, act] of Object.entries(ends)) {
    const { listeners, come } = hot();
    const told: string[] = [];
    for (const name of ['a', 'b']) come(name, told);
    act(listeners);
    assert.equal(told, [`a ${end}`, `b ${end}`]);
    assert.not(listeners.observed);
    come('c', told);
    listeners.next(1);
    listeners.complete();
    listeners.error(new Error('too late'));
    come('d', told);
    assert.equal(told, [`a ${end}`, `b ${end}`, `c ${end}`, `d ${end}`]);
  }
});

test('who comes while the end is being told is told it at once, and who leaves then is not', () => {
  const { listeners, numbers$, come } = hot();
  const told: string[] = [];
  const leaving: Subscription[] = [];
  numbers$.subscribe({
    complete: () => {
      told.push('a complete');
      come('c', told);
      for (const subscription of leaving) subscription.unsubscribe();
    },
  });
  leaving.push(come('b', told));
  listeners.complete();
  assert.equal(told, ['a complete', 'c complete']);
});

test('one who is gone before it is added is given nothing and is not kept', () => {
  const { listeners } = hot();
  const told: string[] = [];
  new Observable<number>((subscriber) => {
    subscriber.unsubscribe();
    listeners.add(subscriber);
  }).subscribe(writer('a', told));
  assert.not(listeners.observed);
  listeners.next(1);
  assert.equal(told, []);
});

test('who has left is not kept in memory, though nothing more comes', async () => {
  const listeners = new Listeners<number>();
  const left = ((): WeakRef<Subscriber<number>> => {
    let added: Subscriber<number> | undefined;
    const subscription = new Observable<number>((subscriber) => {
      added = subscriber;
      listeners.add(subscriber);
    }).subscribe();
    listeners.next(1);
    subscription.unsubscribe();
    return new WeakRef(added as Subscriber<number>);
  })();
  await memory();
  assert.is(left.deref(), undefined);
  assert.not(listeners.observed);
});

test('after any comings and goings those who are left are given each message once, in the order of their coming', () => {
  const { listeners, numbers$ } = hot();
  const told: number[] = [];
  const present = new Map<number, Subscription>();
  for (let name = 0; name < 100_000; name += 1) {
    present.set(
      name,
      numbers$.subscribe(() => void told.push(name)),
    );
    const leaver = (name * 7919) % (name + 1);
    if (name % 11 !== 0) present.get(leaver)?.unsubscribe();
    if (name % 11 !== 0) present.delete(leaver);
  }
  listeners.next(1);
  assert.ok(present.size > 1000);
  assert.equal(told, [...present.keys()]);
});

test.run();
