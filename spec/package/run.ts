import { execFile } from 'node:child_process';

/** Runs a program to its end, which has to be a good one. Gives what it wrote. */
export function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { cwd, timeout: 120_000 }, (error, stdout) => {
      // The message has what was written to stderr.
      if (error) reject(new Error(`${error.message}\n${stdout}`));
      else resolve(stdout);
    });
    child.stdin?.end();
  });
}

export function npm(args: readonly string[], cwd: string): Promise<string> {
  return run('npm', args, cwd);
}
