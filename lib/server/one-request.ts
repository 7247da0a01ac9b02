import { inbound } from '../stats.js';
import type { Requests } from './halves.js';

const books = { ...inbound(), received: 1, routed: 1 };

const nothing = (): void => undefined;
const atOnce = (act: () => void): void => act();

/** One request, which is there when the call is. */
export const oneRequest = <In>(input: In): Requests<In> => ({
  input,
  gate: undefined,
  books,
  subscribed: false,
  whenRead: atOnce,
  whenLeft: atOnce,
  leave: nothing,
  end: nothing,
  cancel: nothing,
});
