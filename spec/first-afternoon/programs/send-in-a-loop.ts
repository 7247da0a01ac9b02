/** Messages are sent one by one, each awaited, and nothing is caught. */
import { credentials } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import { Remote, bidi, channelOptions, oneof } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';

const client = new PeerClient(String(process.argv[2]), credentials.createInsecure(), channelOptions());
const remote = new Remote(bidi(client, 'exchange'), { events: oneof('event') });

let failed = 0;
for (let at = 0; at < 40; at += 1) {
  await remote.send({ beat: { at } }).catch(() => (failed += 1));
  await delay(20);
}
const { outbound } = remote.stats();
await remote.close({ drainMs: 1_000 });
client.close();
console.log(outbound.offered, 'offered', failed, 'failed');
