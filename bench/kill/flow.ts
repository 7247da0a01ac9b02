import { credentials } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, exponential, oneof } from 'rxduplex';
import type { RemoteStats } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';
import type { PeerRequest } from 'rxduplex/peer';

import { kinds } from '../messages.js';
import type { Kind } from '../messages.js';

/** What the client knows when a flow has ended. */
export interface Flow {
  readonly books: Pick<RemoteStats, 'outbound' | 'inbound'>;
  /** Whether the server ended the last call with OK, after all that was queued had been sent. */
  readonly confirmed: boolean;
  /** How many messages had been handed to calls when the last call was opened: sent on those before, or lost. */
  readonly handedBefore: number;
  /** How many messages the buffer held for it. */
  readonly queuedBefore: number;
  /** Counted by the subscribers of each kind. */
  readonly delivered: Readonly<Record<Kind, number>>;
  /** The ids of all replies, in the order in which they came. */
  readonly replies: readonly number[];
  /** When the first reply on the last call came. */
  readonly firstReplyAt: number;
}

/** Sends messages to the server on `port` until there are no more, whatever happens to the server meanwhile. */
export async function flow(
  port: number,
  messages: Iterable<PeerRequest>,
  onReply: (replies: number) => void,
): Promise<Flow> {
  const client = new PeerClient(`127.0.0.1:${port}`, credentials.createInsecure(), channelOptions());
  const remote = new Remote(bidi(client, 'exchange'), {
    events: oneof('event'),
    // More than one write carries, so that a break always finds some queued.
    outgoing: { maxMessages: 4096 },
    reconnect: { backoff: exponential({ maxMs: 200 }) },
  });

  const delivered: Record<Kind, number> = { vote: 0, append: 0, beat: 0 };
  for (const kind of kinds) remote.on(kind).subscribe(() => (delivered[kind] += 1));

  let handedBefore = 0;
  let queuedBefore = 0;
  remote.status$.subscribe(({ state }) => {
    if (state !== 'connecting') return;
    const { sent, lost, queued } = remote.stats().outbound;
    handedBefore = sent + lost;
    queuedBefore = queued;
  });

  const replies: number[] = [];
  let connection = 0;
  let firstReplyAt = NaN;
  remote.messages$.subscribe(({ id }) => {
    const { connections } = remote.stats();
    if (connections > connection) firstReplyAt = performance.now();
    connection = connections;
    replies.push(Number(id));
    onReply(replies.length);
  });

  await remote.feed(messages);
  const { confirmed } = await remote.close({ drainMs: 10_000 });
  client.close();
  const { outbound, inbound } = remote.stats();
  return { books: { outbound, inbound }, confirmed, handedBefore, queuedBefore, delivered, replies, firstReplyAt };
}
