/** A watch, and puts one after the other, each awaited. */
import { credentials } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import { channelOptions } from 'rxduplex';
import { KeyValueClient, KvClient } from 'rxduplex/kv';
import { lastValueFrom } from 'rxjs';

const client = new KeyValueClient(String(process.argv[2]), credentials.createInsecure(), channelOptions());
const kv = new KvClient(client, { timeoutMs: 1_500 });
let watched = 0;
kv.watch().subscribe({ next: ({ changes }) => (watched += changes.length), error: () => undefined });

const outcomes = new Map<unknown, number>();
for (let at = 0; at < 6; at += 1) {
  const outcome: unknown = await lastValueFrom(kv.put(`key-${String(at)}`, 'value')).then(
    (written) => written.outcome,
    (error: unknown) => (error as { code?: unknown }).code,
  );
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  await delay(50);
}
await kv.close();
client.close();
console.log(JSON.stringify([...outcomes]), watched > 0 ? 'watched' : 'nothing watched');
