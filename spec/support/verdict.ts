/** How the process of a spec file ended. */
export interface Ending {
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly stdout: string;
}

/** What is to be believed of it, in numbers of tests. A file with a fault has at least one failed test. */
export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly fault?: string;
}

const summary = /^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/gm;

/**
 * Judges a file by uvu's own counts as much as by its exit code: uvu exits with 0 when a `before` throws, when a test
 * throws something that is no Error, and when `run()` was forgotten.
 */
export function judge(ending: Ending): Verdict {
  const summaries = [...ending.stdout.matchAll(summary)];
  const [total = 0, passed = 0, skipped = 0] = summaries.length === 1 ? summaries.flat().slice(1).map(Number) : [];
  const fault = faultOf(ending, { summaries: summaries.length, total, passed, skipped });
  if (fault === undefined) return { passed, failed: 0, skipped };
  return { passed, failed: Math.max(1, total - passed), skipped, fault };
}

interface Counts {
  readonly summaries: number;
  readonly total: number;
  readonly passed: number;
  readonly skipped: number;
}

function faultOf({ exitCode, timedOut }: Ending, { summaries, total, passed, skipped }: Counts): string | undefined {
  if (timedOut) return 'did not exit in time';
  if (summaries > 1) return `${summaries} summaries: run() was called again after the tests had begun`;
  if (summaries === 0) return `no summary, exit code ${String(exitCode)}`;
  if (total === 0) return 'no test was run';
  if (passed < total) return `${total - passed} of ${total} failed`;
  if (skipped > 0) return `${skipped} skipped`;
  if (exitCode !== 0) return `exit code ${String(exitCode)}`;
  return undefined;
}
