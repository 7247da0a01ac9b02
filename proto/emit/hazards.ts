import protobuf from 'protobufjs';

import type { Definition } from './definition.js';

/**
 * Refuses a field or oneof named like a member of Object.prototype: left unset in a message, it is found on the
 * prototype, and "function Object() {…}" goes out on the wire.
 */
export function refuseHazards({ file, root }: Definition): void {
  for (const type of typesIn(root)) {
    const hazard = [...type.fieldsArray, ...type.oneofsArray].find(({ name }) => name in Object.prototype);
    if (hazard) {
      throw new Error(
        `${file}: ${hazard.fullName.slice(1)} is named like a member of Object.prototype, whose value would be sent whenever the field is unset; rename it`,
      );
    }
  }
}

function typesIn(namespace: protobuf.NamespaceBase): protobuf.Type[] {
  return namespace.nestedArray.flatMap((member) => [
    ...(member instanceof protobuf.Type ? [member] : []),
    ...(member instanceof protobuf.Namespace ? typesIn(member) : []),
  ]);
}
