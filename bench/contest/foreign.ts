import { fileURLToPath } from 'node:url';

import { PeerService } from 'rxduplex/peer';

import { echo } from '../messages.js';
import { contendersFolder, packageFolder } from './folders.js';

/** What a foreign contender is given of this package, which it cannot import by name. */
const kit = {
  service: PeerService,
  protoPath: fileURLToPath(new URL('proto/rxduplex/peer/v1/peer.proto', packageFolder)),
  echo,
};

/** The foreign contender `name` of a subject: what the export of its module makes of the kit. */
export async function foreign<T>(name: string, subject: string): Promise<T> {
  const module = (await import(new URL(`${name}.js`, contendersFolder).href)) as Record<
    string,
    (given: typeof kit) => T
  >;
  const make = module[subject];
  if (make) return make(kit);
  throw new Error(`bench/contenders/${name}.js has no contender in ${subject}`);
}
