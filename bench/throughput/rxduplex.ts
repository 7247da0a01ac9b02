import { credentials } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, oneof } from 'rxduplex';
import type { Bidi, ReconnectPolicy, RemoteOutgoing, RequestOptions } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';
import type { Append__Output, Beat__Output, PeerReply__Output, PeerRequest, Vote__Output } from 'rxduplex/peer';
import { count, lastValueFrom, map, merge, take, tap } from 'rxjs';
import type { Observable } from 'rxjs';

import { numberOf } from '../messages.js';
import { timed } from './contender.js';
import type { Contender, Mode, Outcome, Run } from './contender.js';

type Exchange = Bidi<PeerRequest, PeerReply__Output>;
type ReplyEvent =
  readonly ['vote', Vote__Output] | readonly ['append', Append__Output] | readonly ['beat', Beat__Output];
type Request = (message: PeerRequest, options?: RequestOptions) => Observable<PeerReply__Output>;

interface Settings {
  readonly outgoing: RemoteOutgoing<PeerRequest>;
  readonly reconnect: Pick<ReconnectPolicy, 'maxAttempts'>;
}

/** The article's modes as a user of the library would write them. */
export function rxduplex(address: string): Contender {
  const client = new PeerClient(address, credentials.createInsecure(), channelOptions());
  const open = bidi(client, 'exchange');
  return {
    run: (run) => runs[run.mode](open, run),
    close: () => {
      client.close();
    },
  };
}

const runs: Readonly<Record<Mode, (open: Exchange, run: Run) => Promise<Outcome>>> = {
  sync(open, run) {
    const remote = new Remote(open, { events: oneof('event'), ...settings(run) });
    const rest = run.messages.values();
    const sendNext = (): void => {
      const next = rest.next();
      if (!next.done) remote.next(next.value);
    };
    return measured(remote, () => {
      const expected = inOrder(replies(remote).pipe(tap(sendNext)), run);
      sendNext();
      return expected;
    });
  },
  async(open, run) {
    const remote = new Remote(open, {
      events: oneof('event'),
      ...settings(run),
      requests: {
        mode: 'by-id',
        set: (message, id) => ({ ...message, id }),
        get: (reply) => reply.id,
        maxPending: run.messages.length,
      },
    });
    return measured(remote, () => requestAll(remote.request, run.messages));
  },
  'in-order'(open, run) {
    const remote = new Remote(open, { events: oneof('event'), ...settings(run) });
    return measured(remote, async () => {
      const expected = inOrder(replies(remote), run);
      for (const message of run.messages) await remote.send(message);
      return expected;
    });
  },
};

/** The numbers of the replies, as they are dispatched by type. */
function replies(remote: Pick<Remote<PeerRequest, PeerReply__Output, ReplyEvent>, 'on'>): Observable<number> {
  return merge(
    remote.on('vote').pipe(map(({ term }) => Number(term))),
    remote.on('append').pipe(map(({ term }) => Number(term))),
    remote.on('beat').pipe(map(({ at }) => Number(at))),
  );
}

/** How many of them came in their place. */
function inOrder(numbers$: Observable<number>, { messages }: Run): Promise<number> {
  return lastValueFrom(
    numbers$.pipe(
      take(messages.length),
      count((number, index) => number === index + 1),
    ),
  );
}

function settings({ bufferSize, messages }: Run): Settings {
  return {
    // Whoever finds the buffer full waits, as before the article's channel.
    outgoing: { ...(bufferSize && { maxMessages: bufferSize }), maxWaiting: messages.length },
    // A run with a break in it measures something else.
    reconnect: { maxAttempts: 1 },
  };
}

async function measured(
  remote: { connect(): Promise<boolean>; close(): Promise<unknown> },
  exchange: () => Promise<number>,
): Promise<Outcome> {
  await remote.connect();
  const outcome = await timed(exchange);
  await remote.close();
  return outcome;
}

/** Offers all messages in one go; the Remote decides when each is sent. */
function requestAll(request: Request, messages: readonly PeerRequest[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let replies = 0;
    let expected = 0;
    messages.forEach((message, index) => {
      request(message, { timeoutMs: Infinity }).subscribe({
        next: (reply) => {
          if (numberOf(reply) === index + 1) expected += 1;
          replies += 1;
          if (replies === messages.length) resolve(expected);
        },
        error: reject,
      });
    });
  });
}
