import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { writeTree } from '../../proto/emit/tree.js';

/** A folder with .proto files of its own, in which the generator can be run as it is in the repository. */
export interface Workshop extends AsyncDisposable {
  readonly protoDir: string;
  readonly outDir: string;
  generate(...args: string[]): Promise<{ readonly exitCode: number; readonly stderr: string }>;
}

export async function workshop(protos: Readonly<Record<string, string>>): Promise<Workshop> {
  const dir = await mkdtemp(join(tmpdir(), 'workshop-'));
  const protoDir = join(dir, 'proto');
  await writeTree(protoDir, new Map(Object.entries(protos)));
  return {
    protoDir,
    outDir: join(dir, 'lib/generated'),
    generate: (...args) => generate(dir, args),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true }),
  };
}

function generate(dir: string, args: readonly string[]): Promise<{ exitCode: number; stderr: string }> {
  const command = ['--import', import.meta.resolve('tsx'), resolve('proto/generate.ts'), ...args];
  return new Promise((settle) => {
    const child = execFile(process.execPath, command, { cwd: dir }, (_error, _stdout, stderr) => {
      settle({ exitCode: child.exitCode ?? 1, stderr });
    });
  });
}
