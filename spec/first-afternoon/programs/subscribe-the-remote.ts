/** A source of messages is subscribed with the Remote as its observer, and nobody but `on` is listened to. */
import { credentials } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, oneof } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';
import { interval, map, take } from 'rxjs';

const client = new PeerClient(String(process.argv[2]), credentials.createInsecure(), channelOptions());
const remote = new Remote(bidi(client, 'exchange'), { events: oneof('event') });

let beats = 0;
remote.on('beat').subscribe({
  next: () => (beats += 1),
  error: (error: unknown) => console.log(String(error)),
});
interval(20)
  .pipe(
    take(30),
    map((at) => ({ beat: { at } })),
  )
  .subscribe(remote);

const patience = setTimeout(() => void remote.close(), 5_000);
remote.status$.subscribe({
  complete: () => {
    clearTimeout(patience);
    client.close();
    console.log(beats, 'beats');
  },
});
