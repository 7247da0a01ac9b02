// Completes the build that tsc has left in dist/cjs: each entry gets a module in dist/esm that re-exports it.
//
// Were dist/esm a build of its own, a process that imports the package and also requires it, itself or by a dependency,
// would have two of every class: `instanceof` fails between them, and so do the types, because a class with private
// members is like no other. So there is one implementation, the one that both can load. An importer loses nothing by
// it: in Node, rxjs and grpc-js are CommonJS to whoever loads them.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, relative, resolve } from 'node:path';

interface Files {
  readonly types: string;
  readonly default: string;
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly import: Files; readonly require: Files }>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const require = createRequire(resolve('package.json'));

write('dist/cjs/package.json', '{ "type": "commonjs" }\n');
for (const entry of Object.values(manifest.exports)) {
  if (typeof entry === 'string') continue;
  const { import: esm, require: cjs } = entry;
  const path = relative(dirname(esm.default), cjs.default);
  const names = Object.keys(require(cjs.default) as object).sort();
  // By name and not by *, which in later versions of Node has a 'module.exports' too.
  write(esm.default, `export { ${names.join(', ')} } from '${path}';\n`);
  write(esm.types, `export * from '${path}';\n`);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
