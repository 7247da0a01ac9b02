import type { Definition } from './definition.js';

/** The definition as a module: a package in two module formats cannot find a .proto by its path. */
export function descriptorModule({ file, root }: Definition): string {
  return `
    // Original file: proto/${file}

    export const descriptor: object = ${JSON.stringify(root.toJSON())};
  `;
}
