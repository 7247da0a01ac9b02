import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The root of the repository, from the sources and from the build alike. */
export const packageFolder: URL = new URL(
  '.',
  pathToFileURL(createRequire(import.meta.url).resolve('rxduplex/package.json')),
);

/** Where the contenders live that need packages of their own. */
export const contendersFolder: URL = new URL('bench/contenders/', packageFolder);
