/** Options that there are not, and values that are none. */
import { Server, credentials } from '@grpc/grpc-js';
import { Outgoing, Remote, bidi, channelOptions, oneof, rx, serve } from 'rxduplex';
import { PeerClient, PeerService } from 'rxduplex/peer';

const client = new PeerClient(String(process.argv[2]), credentials.createInsecure(), channelOptions());
const open = bidi(client, 'exchange');
const events = oneof('event');
const attempts: readonly (() => unknown)[] = [
  () => new Remote(open, { events, outgonig: {} } as never),
  () => new Remote(open, undefined as never),
  () => new Remote(open, { events, outgoing: { maxMessage: 5 } } as never),
  () => new Outgoing({ maxMessages: '5' } as never),
  () => bidi(client, 'exchnage' as never),
  () => rx(client, { timeout: 5 } as never),
  () => serve(new Server(), PeerService, {}),
  () => serve(new Server(), PeerService, { exchnage: () => [] } as never),
];
for (const attempt of attempts) {
  try {
    attempt();
    console.log('was taken');
  } catch (error) {
    console.log((error as Error).message.split(':')[0]);
  }
}
client.close();
