import type { Key } from 'rxduplex/kv';

/** What was told of one revision, or written by it: keys with their values. */
export interface Told {
  readonly revision: number;
  readonly changes: readonly { readonly key: Key | string; readonly value: string | undefined }[];
}

/** Told instead of the revisions from `from` on that are older than `oldest`; the watch went on with that one. */
export interface Compaction {
  readonly from: number;
  readonly oldest: number;
}

/** Everything that a watch of revisions from `from` on told, beside everything that was written meanwhile. */
export interface Trace {
  readonly from: number;
  readonly written: readonly Told[];
  readonly told: readonly (Told | Compaction)[];
}

/** Gives what is wrong with a trace, if that is what it is there to see. */
export type Validator = (trace: Trace) => string | undefined;

const isCompaction = (event: Told | Compaction): event is Compaction => 'oldest' in event;

const revisionsTold = ({ told }: Trace): number[] =>
  told.flatMap((event) => (isCompaction(event) ? [] : [event.revision]));

const first = (wrong: readonly string[]): string | undefined => wrong[0];

/** Each event with the revision from which on nothing had been told before it. */
function positions({ from, told }: Trace): readonly { readonly event: Told | Compaction; readonly next: number }[] {
  let next = from;
  return told.map((event) => {
    const before = next;
    next = isCompaction(event) ? event.oldest : event.revision + 1;
    return { event, next: before };
  });
}

/** What a watch promises, each promise by its name. */
export const validators: Readonly<
  Record<'ordered' | 'unique' | 'gapless' | 'complete' | 'faithful' | 'honest', Validator>
> = {
  /** No revision is told after a later one. */
  ordered: (trace) => {
    const told = revisionsTold(trace);
    return first(
      told.flatMap((revision, at) => (revision < (told[at - 1] ?? 0) ? [`${String(revision)} came late`] : [])),
    );
  },

  /** No revision is told twice. */
  unique: (trace) => {
    const told = revisionsTold(trace);
    return first(
      told.flatMap((revision, at) => (told.indexOf(revision) < at ? [`${String(revision)} came twice`] : [])),
    );
  },

  /** Nothing that was written before the last that was told is missing, unless a compaction tells of it. */
  gapless: (trace) => {
    const told = revisionsTold(trace);
    const last = Math.max(...told);
    const forgotten = trace.told.filter(isCompaction);
    const skipped = trace.written.find(
      ({ revision }) =>
        revision >= trace.from &&
        revision < last &&
        !told.includes(revision) &&
        !forgotten.some(({ from, oldest }) => revision >= from && revision < oldest),
    );
    return skipped && `${String(skipped.revision)} was skipped`;
  },

  /** Nothing that was written is missing at the end. */
  complete: (trace) => {
    const last = positions({ ...trace, told: [...trace.told, { from: 0, oldest: 0 }] }).at(-1);
    const missing = trace.written.find(({ revision }) => revision >= (last?.next ?? trace.from));
    return missing && `${String(missing.revision)} was not told`;
  },

  /** What is told of a revision is what it wrote. */
  faithful: (trace) => {
    const written = new Map(trace.written.map(({ revision, changes }) => [revision, JSON.stringify(changes)]));
    return first(
      trace.told.flatMap((event) =>
        isCompaction(event) || written.get(event.revision) === JSON.stringify(event.changes)
          ? []
          : [`${String(event.revision)} was not that`],
      ),
    );
  },

  /** A compaction is told where it was met, of revisions that had not been told, and of no others. */
  honest: (trace) =>
    first(
      positions(trace).flatMap(({ event, next }) =>
        isCompaction(event) && (event.from !== next || event.oldest <= event.from)
          ? [`a compaction of ${String(event.from)} to ${String(event.oldest)} was told at ${String(next)}`]
          : [],
      ),
    ),
};

/** What is wrong with a trace, by the name of each validator that rejects it. */
export function faultsOf(trace: Trace): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(validators).flatMap(([name, validate]) => {
      const fault = validate(trace);
      return fault === undefined ? [] : [[name, fault]];
    }),
  );
}
