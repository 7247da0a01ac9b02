/** A replica with two peers, one of them never there. */
import { credentials } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import { bidi, channelOptions, oneof, serve } from 'rxduplex';
import { PeerClient, PeerService } from 'rxduplex/peer';
import { Replica } from 'rxduplex/replica';
import { map } from 'rxjs';

const replica = new Replica({
  client: (address) => new PeerClient(address, credentials.createInsecure(), channelOptions()),
  open: (client) => bidi(client, 'exchange'),
  serve: (server) => serve(server, PeerService, { exchange: (requests$) => requests$.pipe(map(({ id }) => ({ id }))) }),
  events: oneof('event'),
  requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: (reply) => reply.id },
});
await replica.start({ address: '127.0.0.1:0' });
replica.add('a', String(process.argv[2]));
replica.add('b', '127.0.0.1:1');
let votes = 0;
replica.on('vote').subscribe(() => (votes += 1));
for (let term = 0; term < 20; term += 1) {
  replica.broadcast({ vote: { term } });
  await delay(50);
}
const answered = await replica.ask({ vote: { term: 21 } }, { quorum: 2, timeoutMs: 5_000 }).then(
  ({ answers }) => `${String(answers.length)} answered`,
  (error: unknown) => (error as Error).name,
);
await replica.stop();
console.log(answered, votes > 0 ? 'some votes' : 'no votes');
