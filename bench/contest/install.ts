import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { contendersFolder } from './folders.js';

/** The packages of the foreign contenders could not be had. */
export class NotInstalled extends Error {}

/** Installs what the foreign contenders need, if that was not done since their lock file changed. */
export async function install(contenders: readonly string[]): Promise<void> {
  if (contenders.length === 0 || (await isInstalled())) return;
  console.log(
    `Installing the packages of ${contenders.join(', ')} into bench/contenders: npm ci, the first time only.`,
  );
  const args = [
    'ci',
    '--prefix',
    fileURLToPath(contendersFolder),
    '--no-audit',
    '--no-fund',
    '--loglevel',
    'error',
    '--fetch-retries',
    '1',
  ];
  const npm = spawn('npm', args, { stdio: ['ignore', 'ignore', 'pipe'], shell: process.platform === 'win32' });
  const [said, [code]] = await Promise.all([text(npm.stderr), once(npm, 'close') as Promise<unknown[]>]);
  if (code === 0) return;
  throw new NotInstalled(
    `npm ci in bench/contenders failed:\n${said.trim()}\n\n` +
      `It needs the registry of npm packages. --contenders does without ${contenders.join(', ')}.`,
  );
}

/** npm writes the second file at the end of every installation. */
async function isInstalled(): Promise<boolean> {
  const [wanted, installed] = await Promise.all(
    ['package-lock.json', 'node_modules/.package-lock.json'].map((path) =>
      stat(new URL(path, contendersFolder)).catch(() => undefined),
    ),
  );
  return wanted !== undefined && installed !== undefined && wanted.mtimeMs <= installed.mtimeMs;
}
