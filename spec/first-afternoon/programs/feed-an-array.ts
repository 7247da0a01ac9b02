/** More messages than the buffer holds are fed by `from`, and the program is over when they were. */
import { credentials } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, oneof } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';
import { from } from 'rxjs';

const client = new PeerClient(String(process.argv[2]), credentials.createInsecure(), channelOptions());
const remote = new Remote(bidi(client, 'exchange'), { events: oneof('event') });

const answered = new Set<string>();
remote.on('append').subscribe({ next: ({ term }) => answered.add(term), error: () => undefined });
setTimeout(() => void remote.close(), 10_000).unref();

const entries = Array.from({ length: 3_000 }, (_, at) => ({ append: { term: at, payload: Buffer.alloc(100) } }));
try {
  const { taken, refused } = await remote.feed(from(entries));
  console.log(taken, 'taken', refused, 'refused');
} catch (error) {
  console.log(String(error));
}
const { sent, lost, undelivered } = await remote.close();
client.close();
console.log(sent, 'sent', lost, 'lost', undelivered, 'undelivered', answered.size, 'answered');
