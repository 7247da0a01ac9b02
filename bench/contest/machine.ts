import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly date: string;
  /** How much of the processors' time the host gave to others during the run. */
  readonly stealPercent: number | 'unknown';
}

export function machine(stealPercent: number | 'unknown'): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    date: new Date().toISOString().slice(0, 10),
    stealPercent,
  };
}
