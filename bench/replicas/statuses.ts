import type { State } from 'rxduplex';

/** Tells each change of the status of a link in a line; of the attempts towards a peer that is down, the first. */
export function statuses(say: (line: string) => void): (from: string, to: string, state: State) => void {
  const last = new Map<string, State>();
  const begin = performance.now();
  return (from, to, state) => {
    const link = `${from} → ${to}`;
    const before = last.get(link);
    if (state === before || (state === 'connecting' && before === 'reconnecting')) return;
    last.set(link, state);
    say(`${((performance.now() - begin) / 1000).toFixed(2).padStart(7)} s  ${link}  ${state}`);
  };
}
