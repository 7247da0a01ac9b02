import { readFile } from 'node:fs/promises';

import { contendersFolder, packageFolder } from './folders.js';

export type Versions = Readonly<Record<string, string>>;

interface Manifest {
  readonly version: string;
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
}

/** Of all that takes part; every version is written exactly in the manifests. */
export async function versions(withForeign: boolean): Promise<Versions> {
  const { version, dependencies, devDependencies } = await manifestIn(packageFolder);
  return {
    node: process.versions.node,
    rxduplex: version,
    ...pick({ ...dependencies, ...devDependencies }, ['@grpc/grpc-js', '@grpc/proto-loader', 'rxjs']),
    ...(withForeign && (await manifestIn(contendersFolder)).dependencies),
  };
}

const pick = (all: Versions, names: readonly string[]): Versions =>
  Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));

const manifestIn = async (folder: URL): Promise<Manifest> =>
  JSON.parse(await readFile(new URL('package.json', folder), 'utf8')) as Manifest;
