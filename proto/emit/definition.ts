import { basename, join } from 'node:path';

import protobuf from 'protobufjs';

/** One .proto file, with all that it imports. */
export interface Definition {
  /** As other .proto files would import it. */
  readonly file: string;
  /** What its generated door is called. */
  readonly name: string;
  readonly root: protobuf.Root;
}

/** Reads a .proto file; `file` and its imports are relative to `protoDir`. */
export function readDefinition(protoDir: string, file: string): Definition {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => join(protoDir, target);
  root.loadSync(file).resolveAll();
  return { file, name: basename(file, '.proto'), root };
}

/** What the file itself declares at its top level, without what it imports. */
export function declaredIn(protoDir: string, { file, root }: Definition): protobuf.ReflectionObject[] {
  const path = join(protoDir, file);
  const declared: protobuf.ReflectionObject[] = [];
  const visit = (namespace: protobuf.NamespaceBase): void => {
    for (const member of namespace.nestedArray) {
      if (member instanceof protobuf.Namespace && isPackage(member)) visit(member);
      else if (member.filename === path) declared.push(member);
    }
  };
  visit(root);
  return declared.sort((a, b) => (a.fullName < b.fullName ? -1 : 1));
}

function isPackage(member: protobuf.Namespace): boolean {
  return !(member instanceof protobuf.Type || member instanceof protobuf.Service);
}
