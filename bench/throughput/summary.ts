import { median, spread } from '../spread.js';
import type { Spread } from '../spread.js';
import { contenders, modes } from './contender.js';
import type { ContenderName, Mode } from './contender.js';
import type { Measurement } from './experiment.js';

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
          ? { contender, mode, bufferSize, messages: rounds[0].messages, messagesPerSecond: spread(rounds.map(rate)) }
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

/** The median over all buffer sizes of our own medians. */
function typical(runs: readonly RunSummary[], wanted: Mode): number {
  const ours = runs.filter(({ contender, mode }) => contender === 'rxduplex' && mode === wanted);
  return median(ours.map(({ messagesPerSecond }) => messagesPerSecond.median));
}

function ratio(a: number, b: number): number | null {
  return Number.isNaN(a / b) ? null : Number((a / b).toFixed(2));
}

const rate = ({ messagesPerSecond }: Measurement): number => messagesPerSecond;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
