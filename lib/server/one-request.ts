import { inbound } from '../stats.js';
import type { Requests } from './halves.js';

/** One request, which is there when the call is. */
const books = { ...inbound(), received: 1, routed: 1 };

export const oneRequest = <In>(input: In): Requests<In> => ({
  input,
  gate: undefined,
  books,
  end: () => undefined,
  cancel: () => undefined,
});
