/** Requests, one after the other, by a promise each; and some that are only subscribed to. */
import { credentials } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import { Remote, RxDuplexError, bidi, channelOptions, oneof } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';
import { firstValueFrom } from 'rxjs';

const client = new PeerClient(String(process.argv[2]), credentials.createInsecure(), channelOptions());
const remote = new Remote(bidi(client, 'exchange'), {
  events: oneof('event'),
  requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: (reply) => reply.id },
});

const outcomes = new Map<unknown, number>();
for (let term = 0; term < 6; term += 1) {
  const outcome: unknown = await firstValueFrom(remote.request({ vote: { term } }, { timeoutMs: 1_500 })).then(
    ({ vote }) => (vote?.term === String(term) ? 'answered' : 'the reply of another request'),
    (error: unknown) => (RxDuplexError.is(error) ? error.code : (error as { code?: unknown }).code),
  );
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  await delay(50);
}
remote.request({ vote: { term: 1 } }).subscribe();
remote.request({ vote: { term: 1 } }).subscribe(() => undefined);
await remote.close({ drainMs: 200 });
client.close();
console.log(JSON.stringify([...outcomes]));
