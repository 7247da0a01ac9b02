/** A Remote for the length of a block, with work that is not awaited in it. */
import { credentials } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import { Remote, bidi, channelOptions, oneof } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';

const client = new PeerClient(String(process.argv[2]), credentials.createInsecure(), channelOptions());
let taken = 0;
{
  await using remote = new Remote(bidi(client, 'exchange'), { events: oneof('event') });
  remote.on('beat').subscribe({ error: () => undefined });
  void remote.feed(
    (async function* () {
      for (let at = 0; ; at += 1) {
        yield { beat: { at } };
        await delay(20);
      }
    })(),
  );
  await delay(1_000);
  taken = remote.stats().outbound.accepted;
}
client.close();
console.log(taken > 0 ? 'some taken' : 'none taken');
