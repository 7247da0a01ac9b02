import { fileURLToPath } from 'node:url';

import prettier from 'prettier';

import { readDefinition } from './definition.js';
import { descriptorModule } from './descriptor.js';
import { doorModule } from './door.js';
import { refuseHazards } from './hazards.js';
import { filesBelow } from './tree.js';
import type { Tree } from './tree.js';
import { messageModules } from './types.js';

/** All that is generated from the .proto files of a folder, by its path; `library` is what it imports the library as. */
export async function emit(protoDir: string, library = '../index.js'): Promise<Tree> {
  const files = (await filesBelow(protoDir)).filter((path) => path.endsWith('.proto'));
  const definitions = files.map((file) => readDefinition(protoDir, file));
  definitions.forEach(refuseHazards);

  const modules = new Map(await messageModules(protoDir, files));
  for (const definition of definitions) {
    const door = `${definition.name}.ts`;
    if (modules.has(door)) throw new Error(`${definition.file}: another file of this name has the door ${door}`);
    modules.set(door, doorModule(protoDir, definition, library));
    modules.set(`${definition.name}.descriptor.ts`, descriptorModule(definition));
  }
  return formatted(modules);
}

async function formatted(modules: Tree): Promise<Tree> {
  const config = await prettier.resolveConfig(fileURLToPath(import.meta.url));
  const tree = new Map<string, string>();
  for (const [path, text] of modules) tree.set(path, await prettier.format(text, { ...config, parser: 'typescript' }));
  return tree;
}
