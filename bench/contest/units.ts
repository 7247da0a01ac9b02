import type { Measure } from './subject.js';

/** What a measure counts, and which of its numbers is best. */
type Kind = Omit<Measure, 'name'>;

export const perSecond = (what: string): Kind => ({ unit: { field: 'perSecond', told: `${what}/s` }, best: 'highest' });
export const microseconds: Kind = { unit: { field: 'microseconds', told: 'µs' }, best: 'lowest' };
export const nanoseconds = (each: string): Kind => ({ unit: { field: 'nanoseconds', told: `ns ${each}` } });
export const bytes: Kind = { unit: { field: 'bytes', told: 'bytes' }, best: 'lowest' };
export const permille = (of: string): Kind => ({ unit: { field: 'permille', told: `‰ of ${of}` }, best: 'highest' });
export const times: Kind = { unit: { field: 'times', told: 'times' }, best: 'highest' };
export const messages: Kind = { unit: { field: 'messages', told: 'messages' }, best: 'lowest' };
