/** A stream that fails for good, with nobody to handle it, and nothing else. */
import { credentials } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, oneof } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';

const client = new PeerClient(String(process.argv[2]), credentials.createInsecure(), channelOptions());
const remote = new Remote(bidi(client, 'exchange'), { events: oneof('event') });
remote.on('beat').subscribe(() => undefined);
setTimeout(() => {
  void remote.close().then(() => client.close());
}, 1_000);
