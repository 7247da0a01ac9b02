import { consume, iterate } from 'rxduplex';
import type { CallContext, Gated, Handlers } from 'rxduplex';
import { Observable, concatMap, from, lastValueFrom, mergeMap, of, tap } from 'rxjs';
import type { OperatorFunction } from 'rxjs';

import type { Answer, Ask__Output, KindsHandlers } from '../generated/kinds.js';
import type { Kind } from '../kinds.js';
import { asks } from './plan.js';
import type { Shape } from './plan.js';
import { tick } from './tally.js';
import type { Note, Tally } from './tally.js';

export type KindsHandled = Handlers<KindsHandlers>;
type Asks = Gated<Ask__Output>;

/** Handlers of one shape, one for each kind. Where a shape makes no sense for a kind it has what is nearest to it. */
type Made = (tally: Tally) => KindsHandled;

const sync: Made = (tally) => ({
  unary: ({ id }, context) => tally.begin('unary', context).one(id),
  clientStream: (asks$, context) => summed(tally.begin('clientStream', context), asks$),
  serverStream: (_, context) => tally.begin('serverStream', context).rows(),
  bidi: (asks$, context) => echoed(tally.begin('bidi', context), asks$),
});

const asynchronous: Made = (tally) => ({
  unary: async ({ id }, context) => {
    const note = tally.begin('unary', context);
    await note.work();
    return note.one(id);
  },
  clientStream: async (asks$, context) => lastValueFrom(summed(tally.begin('clientStream', context), asks$)),
  serverStream: async (_, context) => {
    const note = tally.begin('serverStream', context);
    await tick();
    return note.rows();
  },
  bidi: async (asks$, context) => {
    const note = tally.begin('bidi', context);
    await tick();
    return echoed(note, asks$);
  },
});

class Methods {
  readonly #tally: Tally;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  unary({ id }: Ask__Output, context: CallContext): Answer {
    return this.#begin('unary', context).one(id);
  }

  clientStream(asks$: Asks, context: CallContext): Observable<Answer> {
    return summed(this.#begin('clientStream', context), asks$);
  }

  serverStream(_: Ask__Output, context: CallContext): Iterable<Answer> {
    return this.#begin('serverStream', context).rows();
  }

  bidi(asks$: Asks, context: CallContext): Observable<Answer> {
    return echoed(this.#begin('bidi', context), asks$);
  }

  #begin(kind: Kind, context: CallContext): Note {
    return this.#tally.begin(kind, context);
  }
}

/** Cannot wait for requests: it answers without them. */
const generator: Made = (tally) => ({
  *unary({ id }, context) {
    const note = tally.begin('unary', context);
    yield* generated(note, () => [note.one(id)]);
  },
  *clientStream(_, context) {
    const note = tally.begin('clientStream', context);
    yield* generated(note, () => [note.one(0)]);
  },
  *serverStream(_, context) {
    const note = tally.begin('serverStream', context);
    yield* generated(note, () => note.rows());
  },
  *bidi(_, context) {
    const note = tally.begin('bidi', context);
    yield* generated(note, () => note.rows());
  },
});

const asyncGenerator: Made = (tally) => ({
  async *unary({ id }, context) {
    const note = tally.begin('unary', context);
    await note.work();
    yield note.one(id);
  },
  async *clientStream(asks$, context) {
    const note = tally.begin('clientStream', context);
    let total = 0;
    for await (const ask of iterated(note, asks$)) {
      note.take(ask);
      total += 1;
    }
    yield note.one(total);
  },
  async *serverStream(_, context) {
    const note = tally.begin('serverStream', context);
    const over = note.open();
    try {
      for (const row of note.rows()) {
        await tick();
        yield row;
      }
    } finally {
      over();
    }
  },
  async *bidi(asks$, context) {
    const note = tally.begin('bidi', context);
    for await (const ask of iterated(note, asks$)) yield note.each(note.take(ask).id);
  },
});

/** Made from `requests$` by none of its operators, so that it has no gate of its own. */
const observable: Made = (tally) => ({
  unary: ({ id }, context) => {
    const note = tally.begin('unary', context);
    return from(note.work().then(() => note.one(id))).pipe(note.watched());
  },
  clientStream: (asks$, context) => ungated(summed(tally.begin('clientStream', context), asks$)),
  serverStream: (_, context) => {
    const note = tally.begin('serverStream', context);
    return from(note.rows()).pipe(note.watched());
  },
  bidi: (asks$, context) => ungated(echoed(tally.begin('bidi', context), asks$)),
});

const promiseOfValue: Made = (tally) => ({
  unary: async ({ id }, context) => promised(tally.begin('unary', context), id),
  clientStream: async (_, context) => promised(tally.begin('clientStream', context), 0),
  serverStream: async ({ id }, context) => promised(tally.begin('serverStream', context), id),
  bidi: async (_, context) => promised(tally.begin('bidi', context), 0),
});

/** Promises of what gives several, of which a single answer is the first. */
const promiseOf =
  (gives: (note: Note, answers: () => Answer[]) => Iterable<Answer> | Observable<Answer>): Made =>
  (tally) => {
    const one = async (note: Note, id: number): Promise<Iterable<Answer> | Observable<Answer>> => {
      await note.work();
      return gives(note, () => [note.one(id), { id: id + 1 }]);
    };
    const many = async (note: Note): Promise<Iterable<Answer> | Observable<Answer>> => {
      await tick();
      return gives(note, () => note.rows());
    };
    return {
      unary: async ({ id }, context) => one(tally.begin('unary', context), id),
      clientStream: async (_, context) => one(tally.begin('clientStream', context), 0),
      serverStream: async (_, context) => many(tally.begin('serverStream', context)),
      bidi: async (_, context) => many(tally.begin('bidi', context)),
    };
  };

/** An Observable is made of the requests, where there are several. */
const promiseOfObservable: Made = (tally) => ({
  ...promiseOf((note, answers) => from(answers()).pipe(note.watched()))(tally),
  clientStream: async (asks$, context) => {
    const note = tally.begin('clientStream', context);
    await tick();
    return summed(note, asks$);
  },
  bidi: async (asks$, context) => {
    const note = tally.begin('bidi', context);
    await tick();
    return echoed(note, asks$);
  },
});

/** How work is done for each of several values. */
type Each = <T, R>(work: (value: T) => Promise<R>) => OperatorFunction<T, R>;

/**
 * Work for each request of a stream, or each row. `waits` says whether nothing is answered before all requests were read:
 * so that the handler owes all answers at once, and more than any bounds hold.
 */
const workFor =
  (each: Each, waits: boolean): Made =>
  (tally) => ({
    unary: (ask, context) => {
      const note = tally.begin('unary', context);
      return of(ask).pipe(
        each(async ({ id }) => (await note.work(), note.one(id))),
        note.watched(),
      );
    },
    clientStream: (asks$, context) => {
      const note = tally.begin('clientStream', context);
      return asks$.pipe(
        each(async (ask) => (await uneven(ask.id), note.take(ask))),
        note.counted(),
        note.watched(),
      );
    },
    serverStream: (_, context) => {
      const note = tally.begin('serverStream', context);
      return from(note.rows()).pipe(
        each(async (row) => (await uneven(Number(row.id)), row)),
        note.watched(),
      );
    },
    bidi: (asks$, context) => {
      const note = tally.begin('bidi', context);
      const all = gathering(waits ? asks : 1);
      return asks$.pipe(
        tap((ask) => {
          note.take(ask);
          all.come();
        }),
        each(async ({ id }) => {
          await all.gathered;
          await uneven(id);
          return note.each(id);
        }),
        note.watched(),
      );
    },
  });

export const made: Readonly<Record<Exclude<Shape, 'a proxy' | 'one that throws'>, Made>> = {
  'a sync function': sync,
  'an async function': asynchronous,
  'a method of a class': (tally) => new Methods(tally),
  'a generator': generator,
  'an async generator': asyncGenerator,
  'an Observable': observable,
  'a promise of a value': promiseOfValue,
  'a promise of an array': promiseOf((_, answers) => answers()),
  'a promise of a generator': promiseOf(generated),
  'a promise of an Observable': promiseOfObservable,
  'concatMap of promises': workFor((work) => concatMap(work), true),
  'mergeMap of promises, 8 at once': workFor((work) => mergeMap(work, 8), true),
  // It reads no further than it has answered, so that it cannot wait for all. What is not gated cannot be held.
  'consume, 8 at once': (tally) => ({
    ...workFor((work) => consume(work, { concurrency: 8, gate: 'none' }), false)(tally),
    ...only(workFor((work) => consume(work, { concurrency: 8 }), false)(tally), ['clientStream', 'bidi']),
  }),
};

const only = (handlers: KindsHandled, of: readonly Kind[]): KindsHandled =>
  Object.fromEntries(of.map((kind) => [kind, handlers[kind]]));

const echoed = (note: Note, asks$: Asks): Observable<Answer> => asks$.pipe(note.answered(), note.watched());

const summed = (note: Note, asks$: Asks): Observable<Answer> =>
  asks$.pipe(
    tap((ask) => note.take(ask)),
    note.counted(),
    note.watched(),
  );

const ungated = <T>(source: Observable<T>): Observable<T> =>
  new Observable((subscriber) => source.subscribe(subscriber));

async function promised(note: Note, id: number): Promise<Answer> {
  await note.work();
  return note.one(id);
}

function* generated(note: Note, answers: () => Answer[]): Generator<Answer> {
  const over = note.open();
  try {
    yield* answers();
  } finally {
    over();
  }
}

/** The requests as they are read; whoever stops in between leaves them. */
async function* iterated(note: Note, asks$: Asks): AsyncGenerator<Ask__Output> {
  const over = note.open();
  try {
    yield* iterate(asks$);
  } finally {
    over();
  }
}

/** Takes longer for some than for others, so that they overtake each other where they may. */
async function uneven(id: number): Promise<void> {
  for (let turns = id % 3; turns >= 0; turns -= 1) await tick();
}

/** Waits until so many have come. */
function gathering(count: number): { readonly gathered: Promise<void>; readonly come: () => void } {
  let come: () => void = () => undefined;
  let left = count;
  const gathered = new Promise<void>((resolve) => {
    come = () => {
      left -= 1;
      if (left <= 0) resolve();
    };
  });
  return { gathered, come: () => come() };
}
