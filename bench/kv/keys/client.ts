import { credentials } from '@grpc/grpc-js';
import { channelOptions } from 'rxduplex';
import { KeyValueClient, KvClient } from 'rxduplex/kv';
import { count, defer, lastValueFrom, merge, repeat, skipUntil, takeUntil, tap, timer } from 'rxjs';
import type { Observable } from 'rxjs';

import { endWithParent, greet } from '../../child.js';
import { below, seeded } from '../random.js';
import { keyOf, valueBytes } from './key.js';

const warmUpMs = 2_000;

endWithParent();
const [port, keys, seconds] = process.argv.slice(2).map(Number) as [number, number, number];
const client = new KeyValueClient(`127.0.0.1:${port}`, credentials.createInsecure(), channelOptions());
const random = seeded(1);

/** How many a second come of `work$`, which has no end. */
async function perSecond(work$: Observable<unknown>): Promise<number> {
  const measured$ = work$.pipe(skipUntil(timer(warmUpMs)), takeUntil(timer(warmUpMs + 1_000 * seconds)), count());
  return (await lastValueFrom(measured$)) / seconds;
}

/** Any of the keys, a hundred at a time. */
function gets(kv: KvClient): Observable<unknown> {
  const get$ = defer(() => kv.get(keyOf(below(random, keys)))).pipe(
    tap(({ entry }) => {
      if (entry?.value.length !== valueBytes) throw new Error('a value is not as it was written');
    }),
    repeat(),
  );
  return merge(...Array.from({ length: 100 }, () => get$));
}

/** All entries, from the first to the last, and again. */
const entries = (kv: KvClient): Observable<unknown> => kv.range({}, { pageSize: 1_000 }).pipe(repeat());

const session = new KvClient(client, { api: 'session' });
const unary = new KvClient(client);
greet({
  get: await perSecond(gets(session)),
  'get unary': await perSecond(gets(unary)),
  range: await perSecond(entries(session)),
});
