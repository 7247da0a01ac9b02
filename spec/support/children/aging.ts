/**
 * Does one thing again and again, a hundred at a time, and prints as JSON what of it V8 has taken for old: what outlives
 * two small collections, and stays until a full one. Its argument: `call`, to be answered by `serve`, `request`, over
 * a Remote, or `listener`, to a stream. To be run with `--expose-gc`, a young generation of some MiB, and an old one that is never full.
 */
import { EventEmitter } from 'node:events';
import { PerformanceObserver, constants } from 'node:perf_hooks';
import type { NodeGCPerformanceDetail, PerformanceEntry } from 'node:perf_hooks';
import { setTimeout as setTimer } from 'node:timers';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';

import { Metadata } from '@grpc/grpc-js';
import type { Server, UntypedServiceImplementation, sendUnaryData } from '@grpc/grpc-js';
import { Remote, oneof, serve } from 'rxduplex';
import { Observable, map, timer } from 'rxjs';

import { Listeners } from '../../../lib/listeners.js';
import { EchoCall } from '../echo-call.js';
import { KindsService } from '../generated/kinds.js';

export interface Aged {
  /** Each time. */
  readonly bytes: number;
  /** Must be 0, or the bytes are too few. */
  readonly fullCollections: number;
}

/** Does it once, and calls `done` then. */
type Deed = (done: () => void) => void;

/** A call that is over when it is answered. */
class FakeCall extends EventEmitter {
  readonly metadata = new Metadata();
  readonly request = { id: 1 };
  readonly getPeer = (): string => 'peer';
}

function call(): Deed {
  let unary: ((call: FakeCall, callback: sendUnaryData<unknown>) => void) | undefined;
  const server = {
    addService: (_: unknown, { Unary }: UntypedServiceImplementation) => (unary = Unary as unknown as typeof unary),
  };
  serve(server as unknown as Server, KindsService, { unary: ({ id }) => timer(0).pipe(map(() => ({ id }))) });
  return (done) => {
    const served = new FakeCall();
    unary?.(served, () => {
      served.emit('cancelled');
      done();
    });
  };
}

async function request(): Promise<Deed> {
  const remote = new Remote(new EchoCall().asOpen(), {
    events: oneof('event'),
    requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: ({ id }) => id },
  });
  await remote.connect();
  return (done) => remote.request({ beat: { at: 1 } }).subscribe(done);
}

function listener(): Deed {
  const listeners = new Listeners<number>();
  const values$ = new Observable<number>((subscriber) => listeners.add(subscriber));
  return (done) => {
    const listening = values$.subscribe();
    setTimer(() => {
      listening.unsubscribe();
      done();
    }, 0);
  };
}

const count = 20_000;
const deeds: Readonly<Record<string, () => Deed | Promise<Deed>>> = { call, request, listener };
const deed = await deeds[process.argv[2] ?? '']?.();
if (!deed) throw new Error(`${Object.keys(deeds).join(' or ')}, not ${process.argv[2] ?? 'nothing'}`);

/** As one of a hundred has been done, the next one begins. */
async function again(): Promise<void> {
  let [begun, done] = [0, 0];
  const next = (): void => {
    begun += 1;
    deed?.(() => {
      done += 1;
      if (begun < count) next();
    });
  };
  for (let each = 0; each < 100; each += 1) next();
  // What holds the first hundred is old from here on, as it would be after an idle while.
  for (let each = 0; each < 2; each += 1) globalThis.gc?.({ type: 'minor' });
  while (done < count) await setImmediate();
}

const oldBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')?.space_used_size ?? NaN;

// What is compiled and laid out by the way is old for good.
await again();
await setTimeout(100);

let fullCollections = 0;
const observer = new PerformanceObserver((list) => {
  const entries = list.getEntries() as (PerformanceEntry & { readonly detail: NodeGCPerformanceDetail })[];
  fullCollections += entries.filter(({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR).length;
});
observer.observe({ entryTypes: ['gc'] });
const before = oldBytes();
await again();
const bytes = (oldBytes() - before) / count;
await setTimeout(100);

const aged: Aged = { bytes, fullCollections };
console.log(JSON.stringify(aged));
process.exit();
