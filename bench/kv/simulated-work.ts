import type { Operation } from './workload.js';

/** What the article's service sleeps, instead of doing something. */
export const work = { readMs: 10, writeMs: 50 } as const;

export const workOf = ({ kind }: Pick<Operation, 'kind'>): number => (kind === 'retrieve' ? work.readMs : work.writeMs);
