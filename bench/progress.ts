import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** One more step is done; `line` is printed where there is no terminal to draw on. */
  step(line?: string): void;
  stop(): void;
}

/** A bar on a terminal, plain lines anywhere else. */
export function progress(title: string, steps: number): Progress {
  if (!process.stderr.isTTY) {
    return {
      step: (line) => {
        if (line !== undefined) console.log(line);
      },
      stop: () => undefined,
    };
  }
  // With line wrapping left on, an interrupted bar leaves nothing to restore.
  const format = `${title} {bar} {percentage}%, {eta_formatted} to go`;
  const bar = new SingleBar({ format, clearOnComplete: true, linewrap: true }, Presets.shades_classic);
  bar.start(steps, 0);
  return {
    step: () => {
      bar.increment();
    },
    stop: () => {
      bar.stop();
    },
  };
}
