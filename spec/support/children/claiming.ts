/** Opens a store, says what came of it, and keeps the store until it is killed. Its argument: the directory. */
import { levelStore } from 'rxduplex/kv';

import { greet } from '../../../bench/child.js';

const [directory = ''] = process.argv.slice(2);

greet({
  code: await levelStore(directory).then(
    () => 'opened',
    (error: unknown) => (error as { code?: unknown }).code,
  ),
});
setInterval(() => undefined, 1_000);
