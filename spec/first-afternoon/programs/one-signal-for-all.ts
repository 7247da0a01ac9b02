/** One AbortController for hundreds of things, none of which catches anything. */
import { credentials } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, iterate, oneof, rx } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';
import { interval, map } from 'rxjs';

const client = new PeerClient(String(process.argv[2]), credentials.createInsecure(), channelOptions());
const remote = new Remote(bidi(client, 'exchange'), {
  events: oneof('event'),
  requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: (reply) => reply.id },
});
const controller = new AbortController();
const { signal } = controller;

const beats$ = interval(50).pipe(map((at) => ({ beat: { at } })));
const ignore = (): void => undefined;
for (let at = 0; at < 100; at += 1) {
  void remote.connect({ signal });
  void remote.feed(beats$, { signal });
  void remote.send({ beat: { at } }, { signal });
  remote.request({ vote: { term: at } }, { signal }).subscribe({ error: ignore });
  rx(client).exchange(beats$, { signal }).subscribe({ error: ignore });
  const values = iterate(remote.on('beat'), { signal, gate: 'none' });
  void values.next().catch(ignore);
}
setTimeout(() => controller.abort(), 1_000);
setTimeout(() => {
  void remote.close({ drainMs: 200 }).then(() => {
    client.close();
    console.log('closed');
  });
}, 1_200);
