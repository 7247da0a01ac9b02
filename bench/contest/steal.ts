import { readFile } from 'node:fs/promises';

/** Tells the share of the processors' time that the host has given to others since this call, in percent. */
export async function watchSteal(): Promise<() => Promise<number | 'unknown'>> {
  const before = await ticks();
  return async () => stolen(before, await ticks());
}

/** The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; what follows is counted in user. */
export function ticksOf(stat: string): readonly number[] {
  return /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number).slice(0, 8) ?? [];
}

export function stolen(before: readonly number[], after: readonly number[]): number | 'unknown' {
  const spent = after.map((tick, index) => tick - (before[index] ?? NaN));
  const total = spent.reduce((sum, tick) => sum + tick, 0);
  const percent = Number(((100 * (spent[7] ?? NaN)) / total).toFixed(1));
  return Number.isFinite(percent) ? percent : 'unknown';
}

const ticks = async (): Promise<readonly number[]> => ticksOf(await readFile('/proc/stat', 'utf8').catch(() => ''));
