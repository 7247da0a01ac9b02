import { repeated } from 'rxduplex';
import type { Coalesce, Repeated } from 'rxduplex';

/** A way in which messages share writes, and what both sides are given for it. */
export interface Way {
  readonly title: string;
  readonly coalesce: Coalesce | false;
  readonly batch: { readonly batch?: Repeated<'batch'> };
  /** Which part of a long run it is given: the usual way has all of it. */
  readonly share: number;
}

export const ways: readonly Way[] = [
  { title: 'coalescing on', coalesce: {}, batch: {}, share: 1 },
  { title: 'coalescing off', coalesce: false, batch: {}, share: 1 / 4 },
  { title: 'in batches', coalesce: {}, batch: { batch: repeated('batch') }, share: 1 / 4 },
];
