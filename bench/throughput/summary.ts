import { contenders, modes } from './contender.js';
import type { ContenderName, Mode } from './contender.js';
import type { Measurement } from './experiment.js';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The runs of one contender in one mode with one buffer size. */
export interface RunSummary {
  readonly contender: ContenderName;
  readonly mode: Mode;
  readonly bufferSize: number;
  readonly messages: number;
  readonly messagesPerSecond: Spread;
}

export interface Summary {
  readonly runs: readonly RunSummary[];
  /** Of our own medians over all buffer sizes; null unless both modes were run. */
  readonly asyncOverSync: number | null;
  /** Our replies in the mode that promises an order. */
  readonly inOrder: { readonly checked: number; readonly outOfOrder: number };
}

/** A contender without a send buffer was measured once for all sizes, and is listed beside each. */
export function summarise(measurements: readonly Measurement[], buffers: readonly number[]): Summary {
  const runs = modes.flatMap((mode) =>
    buffers.flatMap((bufferSize) =>
      contenders.flatMap((contender) => {
        const rounds = measurements.filter(
          (run) => run.mode === mode && run.contender === contender && (run.bufferSize ?? bufferSize) === bufferSize,
        );
        return rounds[0]
          ? { contender, mode, bufferSize, messages: rounds[0].messages, messagesPerSecond: spread(rounds) }
          : [];
      }),
    ),
  );
  const inOrder = measurements.filter(({ contender, mode }) => contender === 'rxduplex' && mode === 'in-order');
  return {
    runs,
    asyncOverSync: ratio(typical(runs, 'async'), typical(runs, 'sync')),
    inOrder: {
      checked: sum(inOrder.map(({ messages }) => messages)),
      outOfOrder: sum(inOrder.map(({ misplaced }) => misplaced)),
    },
  };
}

function spread(rounds: readonly Measurement[]): Spread {
  const rates = rounds.map(({ messagesPerSecond }) => messagesPerSecond);
  return {
    median: Math.round(median(rates)),
    min: Math.round(Math.min(...rates)),
    max: Math.round(Math.max(...rates)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** The median over all buffer sizes of our own medians. */
function typical(runs: readonly RunSummary[], wanted: Mode): number {
  const ours = runs.filter(({ contender, mode }) => contender === 'rxduplex' && mode === wanted);
  return median(ours.map(({ messagesPerSecond }) => messagesPerSecond.median));
}

function ratio(a: number, b: number): number | null {
  return Number.isNaN(a / b) ? null : Number((a / b).toFixed(2));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
