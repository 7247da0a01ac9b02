/** The client is closed before the Remote that uses it. */
import { credentials } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, oneof } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';
import { interval, map } from 'rxjs';

const client = new PeerClient(String(process.argv[2]), credentials.createInsecure(), channelOptions());
const remote = new Remote(bidi(client, 'exchange'), { events: oneof('event') });
remote.on('beat').subscribe({ error: () => undefined });
void remote.feed(interval(20).pipe(map((at) => ({ beat: { at } }))));

setTimeout(() => {
  client.close();
  setTimeout(() => {
    void remote.close().then(({ sent, lost, undelivered }) => {
      const { accepted } = remote.stats().outbound;
      console.log(sent + lost + undelivered === accepted ? 'all told of' : 'some not told of');
    });
  }, 300);
}, 1_000);
