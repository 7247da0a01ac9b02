/** All that a Remote can do is under way, and none of it awaited, when it is closed. */
import { credentials } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, oneof } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';
import { interval, map, take, timeout } from 'rxjs';

const client = new PeerClient(String(process.argv[2]), credentials.createInsecure(), channelOptions());
const remote = new Remote(bidi(client, 'exchange'), {
  events: oneof('event'),
  requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: (reply) => reply.id },
});

const ignore = (): void => undefined;
remote.on('beat').subscribe({ error: ignore });
remote.messages$.subscribe({ error: ignore });
remote.dropped$.subscribe();
remote.status$.subscribe();
void remote.connect();
void remote.feed(interval(10).pipe(map((at) => ({ beat: { at } }))));
void remote.send({ vote: { term: 1 } });
remote.next({ vote: { term: 2 } });

function end(beats: string): void {
  console.log(beats);
  remote.request({ append: { term: 1 } }).subscribe();
  void remote.close({ drainMs: 200 });
  void remote.send({ vote: { term: 3 } });
  void remote.connect();
  void remote.feed([{ vote: { term: 4 } }]);
  remote.request({ append: { term: 1 } }).subscribe();
  setTimeout(() => client.close(), 300);
}
remote
  .on('beat')
  .pipe(take(1), timeout(5_000))
  .subscribe({ next: () => end('some beats'), error: () => end('no beats') });
