/** The parts, with an Open that is no more than a call of the client. */
import { credentials } from '@grpc/grpc-js';
import { Outgoing, channelOptions, duplex, oneof, reconnect, split } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';
import type { PeerRequest } from 'rxduplex/peer';
import { interval, map } from 'rxjs';

const client = new PeerClient(String(process.argv[2]), credentials.createInsecure(), channelOptions());
const outgoing = new Outgoing<PeerRequest>({ overflow: 'drop-oldest' });
const replies$ = duplex(() => client.exchange(), outgoing).pipe(reconnect());
const { on } = split(replies$, oneof('event'));

let beats = 0;
const reading = on('beat').subscribe({
  next: () => {
    beats += 1;
    if (beats === 20) end();
  },
  error: (error: unknown) => console.log('code', (error as { code?: unknown }).code),
});
const writing = interval(20)
  .pipe(map((at) => ({ beat: { at } })))
  .subscribe(outgoing);
const patience = setTimeout(end, 5_000);
function end(): void {
  clearTimeout(patience);
  writing.unsubscribe();
  reading.unsubscribe();
  client.close();
  console.log(beats, 'beats');
}
