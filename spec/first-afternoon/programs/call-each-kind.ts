/** A call of each kind by `rx`, over and over, as promises. */
import { credentials } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import { channelOptions, rx } from 'rxduplex';
import { firstValueFrom, lastValueFrom, map, range, toArray } from 'rxjs';

import { KindsClient } from '../../support/generated/kinds.js';

const client = new KindsClient(String(process.argv[2]), credentials.createInsecure(), channelOptions());
const calls = rx(client, { timeoutMs: 10_000 });
const asks$ = range(1, 3).pipe(map((id) => ({ id })));

const outcomes = new Map<unknown, number>();
const count = async (result: Promise<unknown>): Promise<void> => {
  const outcome = await result.catch((error: unknown) => (error as { code?: unknown }).code);
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
};
const ids = map((answers: readonly { readonly id: number }[]) => answers.map(({ id }) => id).join());
for (let round = 0; round < 5; round += 1) {
  await count(firstValueFrom(calls.unary({ id: 3 }).pipe(map(({ id }) => `unary ${String(id)}`))));
  await count(lastValueFrom(calls.clientStream(asks$).pipe(map(({ id }) => `up ${String(id)}`))));
  await count(lastValueFrom(calls.serverStream({ id: 3 }).pipe(toArray(), ids)));
  await count(lastValueFrom(calls.bidi([{ id: 4 }, { id: 5 }]).pipe(toArray(), ids)));
  await delay(50);
}
client.close();
console.log(JSON.stringify([...outcomes].sort()));
