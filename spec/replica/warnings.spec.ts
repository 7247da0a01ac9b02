import { warnings } from 'rxduplex/replica';
import type { Undelivered } from 'rxduplex/replica';
import { Observable, Subject, VirtualTimeScheduler, map } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { marbles } from '../support/marbles.js';

const dropped = (peer: string, type: string): Undelivered<string> => ({
  peer,
  type,
  message: type,
  outcome: 'dropped',
  reason: 'overflow',
});
const values = { v: dropped('a', 'vote'), b: dropped('a', 'beat'), w: dropped('b', 'vote') };

/** In words: `a vote 2`. */
const words = map(({ peer, type, count }: { peer: string; type: string; count: number }) => `${peer} ${type} ${count}`);

const told = { 1: 'a vote 1', 2: 'a vote 2', 3: 'a beat 3', 4: 'b vote 1' };

test('the first is told at once, and what follows in that time together, by peer and type', () => {
  marbles(({ cold, expectObservable }, scheduler) => {
    const source = cold('v-vbbbvw----------', values);
    expectObservable(source.pipe(warnings(10, scheduler), words)).toBe('1---------(234)---', told);
  });
});

test('after a time in which there was nothing, the next one is told at once again', () => {
  marbles(({ cold, expectObservable }, scheduler) => {
    const source = cold('v--------------------v---', values);
    expectObservable(source.pipe(warnings(10, scheduler), words)).toBe('1--------------------1---', told);
  });
});

test('what was counted is told at the end, and an error passes', () => {
  marbles(({ cold, expectObservable }, scheduler) => {
    expectObservable(cold('vvv|', values).pipe(warnings(10, scheduler), words)).toBe('1--(2|)', told);
    expectObservable(cold('v#', values).pipe(warnings(10, scheduler), words)).toBe('1#', told);
  });
});

test('a peer that is down for days leaves one timer at a time', () => {
  const dropping = new Subject<Undelivered<string>>();
  const scheduler = new VirtualTimeScheduler();
  let held = 0;
  const counted = new Observable<unknown>((subscriber) => {
    const [add, remove] = [subscriber.add.bind(subscriber), subscriber.remove.bind(subscriber)];
    subscriber.add = (teardown) => {
      held += 1;
      add(teardown);
    };
    subscriber.remove = (teardown) => {
      held -= 1;
      remove(teardown);
    };
    return dropping.pipe(warnings(10, scheduler)).subscribe(subscriber);
  });
  counted.subscribe();
  const before = held;
  for (let period = 0; period < 1_000; period += 1) {
    dropping.next(dropped('a', 'vote'));
    scheduler.maxFrames = scheduler.frame + 10;
    scheduler.flush();
  }
  assert.is(held, before);
});

test.run();
