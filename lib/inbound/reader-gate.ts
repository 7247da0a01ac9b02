import type { Observable } from 'rxjs';
import { RxDuplexError } from '../errors.js';
import { Gate, gateOf } from '../gate.js';
import { Holder } from '../holder.js';
import { badOption } from '../options.js';

export interface GateOption {
  /**
   * What slows the source. Default: the source's own gate. `'none'` reads a source that cannot be slowed; what comes too
   * fast then waits in memory, without a bound.
   */
  readonly gate?: Gate | 'none';
}

const noHold = (): (() => void) => () => undefined;

/** A gate that is given badly is told where it is given, not where it is first used. */
export function checkGate({ gate }: GateOption): void {
  if (gate === undefined || gate === 'none' || gate instanceof Gate) return;
  throw badOption('gate', "a Gate, or 'none'", gate);
}

/** By what a reader makes its source stand still; throws `NO_GATE` if nothing can. */
export function holderOf(source: Observable<unknown>, { gate = gateOf(source) }: GateOption): Holder {
  if (gate === 'none') return new Holder(noHold);
  if (gate) return new Holder(gate.hold);
  throw new RxDuplexError(
    'NO_GATE',
    "the source cannot be slowed: give the gate of the stream it comes from, or gate: 'none'",
  );
}
