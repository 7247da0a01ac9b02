import { createRequire } from 'node:module';

import type { Metadata } from '@grpc/grpc-js';

/** grpc-js once more, as a second version of it in node_modules would be. */
export function anotherMetadata(): typeof Metadata {
  const require = createRequire(import.meta.url);
  const ours = Object.keys(require.cache).filter((path) => path.includes('@grpc/grpc-js'));
  for (const path of ours) Reflect.deleteProperty(require.cache, path);
  return (require('@grpc/grpc-js') as { Metadata: typeof Metadata }).Metadata;
}
