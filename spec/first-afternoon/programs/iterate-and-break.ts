/** Some replies are read by `for await`, which is left when there were enough. */
import { credentials } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, iterate, oneof } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';
import { interval, map } from 'rxjs';

const client = new PeerClient(String(process.argv[2]), credentials.createInsecure(), channelOptions());
const remote = new Remote(bidi(client, 'exchange'), { events: oneof('event') });
void remote.feed(interval(20).pipe(map((at) => ({ beat: { at } }))));

const read: string[] = [];
try {
  for await (const { at } of iterate(remote.on('beat'), { signal: AbortSignal.timeout(5_000) })) {
    read.push(at);
    if (read.length === 20) break;
  }
} catch (error) {
  console.log(String(error));
}
console.log(read.length, 'read');
await remote.close();
client.close();
