/* eslint-disable @typescript-eslint/no-deprecated -- what RxJS deprecates is still written by its users */
import {
  Observable,
  Subject,
  concatMap,
  config,
  from,
  map,
  mergeMap,
  of,
  pipe,
  publish,
  refCount,
  share,
  tap,
} from 'rxjs';
import type { OperatorFunction } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Gate, Gated, gateOf } from '../lib/gate.js';
import { OrderlyObservable, ignoreAbort, ignoreOrderly, orderly } from '../lib/orderly.js';

const unhandled: unknown[] = [];

test.before.each(() => {
  unhandled.length = 0;
  config.onUnhandledError = (error) => void unhandled.push(error);
});

test.after.each(() => {
  config.onUnhandledError = null;
});

/** RxJS reports by a timer. */
const reports = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const end = orderly(new Error('closed'));
const failure = new Error('broken');
const failing = (error: unknown): OrderlyObservable<number> =>
  new OrderlyObservable<number>(ignoreOrderly, (subscriber) => {
    subscriber.next(1);
    subscriber.error(error);
  });

const custom: OperatorFunction<number, number> = (source) =>
  new Observable<number>((subscriber) => source.subscribe(subscriber));

const composed: Readonly<Record<string, (source: Observable<number>) => Observable<number>>> = {
  nothing: (source) => source,
  map: (source) => source.pipe(map((value) => value)),
  concatMap: (source) => source.pipe(concatMap((value) => of(value))),
  'mergeMap of promises': (source) => source.pipe(mergeMap((value) => Promise.resolve(value))),
  share: (source) => source.pipe(share()),
  'the function pipe of RxJS': (source) =>
    source.pipe(
      pipe(
        map((value) => value),
        tap(),
      ),
    ),
  'an operator applied by hand': (source) => map((value: number) => value)(source),
  'a custom operator by new Observable': (source) => source.pipe(custom),
  'publish and refCount': (source) => source.pipe(publish(), refCount()),
  'a stage after a custom one': (source) =>
    source.pipe(
      custom,
      map((value) => value),
    ),
  'from of it': (source) => from(source).pipe(map((value) => value)),
};

for (const [name, compose] of Object.entries(composed)) {
  test(`${name}: an orderly end is ignored by a subscriber without an error function, and told to one with`, async () => {
    compose(failing(end)).subscribe();
    compose(failing(end)).subscribe(() => undefined);
    compose(failing(end)).subscribe({ next: () => undefined });
    const told: unknown[] = [];
    compose(failing(end)).subscribe({ error: (error: unknown) => void told.push(error) });
    await reports();
    assert.equal([unhandled, told], [[], [end]]);
  });

  test(`${name}: any other error without an error function is reported as RxJS reports it`, async () => {
    compose(failing(failure)).subscribe();
    compose(failing(failure)).subscribe({ next: () => undefined });
    await reports();
    assert.equal(unhandled, [failure, failure]);
  });
}

test('an observer keeps its this, and is given values and completion', () => {
  class Counting {
    values = 0;
    completed = false;
    next(value: number): void {
      this.values += value;
    }
    complete(): void {
      this.completed = true;
    }
  }
  const observer = new Counting();
  new OrderlyObservable<number>(ignoreOrderly, (subscriber) => of(1, 2).subscribe(subscriber)).subscribe(observer);
  assert.equal([observer.values, observer.completed], [3, true]);
});

test('the functions of a subscribe with three arguments are called, whichever of them is there', () => {
  const told: unknown[] = [];
  const note = (value?: unknown): void => void told.push(value ?? 'complete');
  new OrderlyObservable<number>(ignoreOrderly, (subscriber) => of(1).subscribe(subscriber)).subscribe({
    complete: note,
  });
  failing(end).subscribe({ next: note, error: note });
  assert.equal(told, ['complete', 1, end]);
});

test('the reason of an aborted signal is ignored, and the same error of anything else is not', async () => {
  const controller = new AbortController();
  const stream = (): OrderlyObservable<number> =>
    new OrderlyObservable<number>(ignoreAbort(controller.signal), (subscriber) => subscriber.error(failure));
  stream().subscribe();
  await reports();
  assert.equal(unhandled, [failure]);
  controller.abort(failure);
  stream().subscribe();
  new OrderlyObservable<number>(ignoreAbort(controller.signal), (subscriber) => subscriber.error(end)).subscribe();
  await reports();
  assert.equal(unhandled, [failure]);
});

test('a gated stream keeps its gate through all of these', () => {
  const gate = new Gate();
  const source = new Gated<number>(gate, (subscriber) => of(1).subscribe(subscriber));
  for (const [name, compose] of Object.entries(composed)) assert.is(gateOf(compose(source)), gate, name);
});

test('an operator that makes a subclass of its own is left with it', () => {
  const gate = new Gate();
  const source = new Gated<number>(gate, (subscriber) => of(1).subscribe(subscriber));
  const published = source.pipe(publish());
  const values: number[] = [];
  published.subscribe((value) => values.push(value));
  (published as unknown as { connect(): void }).connect();
  assert.equal(values, [1]);
  const subject = new Subject<number>();
  assert.is(
    new Gated<number>(gate).pipe(() => subject),
    subject,
  );
});

test.run();
