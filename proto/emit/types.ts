import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { loaderFlags } from './options.js';
import { readTree } from './tree.js';
import type { Tree } from './tree.js';

const generator = fileURLToPath(import.meta.resolve('@grpc/proto-loader/build/bin/proto-loader-gen-types.js'));

/** What proto-loader's own generator makes of the files: a module of types for each message and service. */
export async function messageModules(protoDir: string, files: readonly string[]): Promise<Tree> {
  const root = resolve(protoDir);
  const outDir = await mkdtemp(join(tmpdir(), 'message-modules-'));
  try {
    await promisify(execFile)(
      process.execPath,
      [
        generator,
        ...loaderFlags,
        '--includeComments',
        '--grpcLib=@grpc/grpc-js',
        '--targetFileExtension=.ts',
        '--importFileExtension=.js',
        `--includeDirs=${basename(root)}`,
        `--outDir=${outDir}`,
        ...files,
      ],
      // The path from here to each file goes into what is made.
      { cwd: dirname(root) },
    );
    const made = await readTree(outDir);
    return new Map([...made].filter(([path]) => path.includes('/')));
  } finally {
    await rm(outDir, { recursive: true });
  }
}
