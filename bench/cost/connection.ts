import { credentials } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, oneof } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';
import type { PeerRequest } from 'rxduplex/peer';

/** Room for several of the largest messages. */
export const maxBytes: number = 1 << 23;

export interface Stream {
  /** Keeps so many messages unanswered from now on, or as many as there is room for. */
  readonly keep: (unanswered: number) => void;
}

/** Opens so many streams of one connection, which tell every reply to the `message`. */
export async function connect(
  port: number,
  count: number,
  message: PeerRequest,
  replied: () => void,
): Promise<readonly Stream[]> {
  const client = new PeerClient(`127.0.0.1:${port}`, credentials.createInsecure(), channelOptions());
  const open = async (): Promise<Stream> => {
    // A launch with a break in it measures something else.
    const remote = new Remote(bidi(client, 'exchange'), {
      events: oneof('event'),
      outgoing: { maxBytes },
      reconnect: { maxAttempts: 1 },
    });
    let missing = 0;
    const send = (): void => {
      while (missing > 0 && !remote.full && remote.next(message)) missing -= 1;
    };
    const answered = (): void => {
      replied();
      missing += 1;
      send();
    };
    remote.on('vote').subscribe(answered);
    remote.on('append').subscribe(answered);
    remote.ready$.subscribe(send);
    await remote.connect();
    return {
      keep(unanswered) {
        missing = unanswered;
        send();
      },
    };
  };
  return Promise.all(Array.from({ length: count }, open));
}
