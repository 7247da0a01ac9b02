import { spawn } from 'node:child_process';

import type { Ending } from './verdict.js';

const running = new Set<number>();
process.once('exit', () => {
  running.forEach(endGroup);
});

/** How a process has ended, and what it wrote: `output` is standard output and standard error together. */
export type Ran = Ending & { readonly stderr: string; readonly output: string };

/** Runs a file in a process of its own, which is killed, with all it started, when it outlives its limit. */
export function runFile(file: string, limitSeconds: number, args: readonly string[] = []): Promise<Ran> {
  return run([file, ...args], limitSeconds);
}

/** Runs a module in the same way, as if it lay beside package.json. */
export function runModule(javaScript: string, limitSeconds: number, args: readonly string[] = []): Promise<Ran> {
  return run(['--input-type=module', '--eval', javaScript, '--', ...args], limitSeconds);
}

function run(args: readonly string[], limitSeconds: number): Promise<Ran> {
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', ...args], {
    // A leader of its own process group, so that what it leaves behind can be ended too.
    detached: true,
    env: { ...process.env, FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`could not start ${process.execPath}`);
  running.add(pid);

  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup(pid);
    // A process that left the group may still hold the other ends.
    child.stdout.destroy();
    child.stderr.destroy();
  }, limitSeconds * 1000);

  let stdout = '';
  let stderr = '';
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    output += text;
  });
  child.once('exit', () => {
    endGroup(pid);
    running.delete(pid);
  });
  return new Promise((resolve) => {
    child.once('close', (exitCode) => {
      clearTimeout(timer);
      resolve({ exitCode, timedOut, stdout, stderr, output });
    });
  });
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}
