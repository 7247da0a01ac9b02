import { start } from '../child.js';
import type { Child, Ended } from '../child.js';
import { requests } from '../messages.js';
import { flow } from './flow.js';
import type { Flow } from './flow.js';
import { Tally } from './tally.js';
import type { Seen } from './tally.js';

const messages = 30_000;
const killAfterReplies = messages / 3;
const maxTries = 10;

/** A flow in whose middle the server was killed, as the client and as the servers saw it. */
export interface Kill extends Flow {
  readonly messages: number;
  /** Of the server that was killed, and of the one that took its place. */
  readonly pids: readonly [number, number];
  /** How the first server ended. */
  readonly signal: Ended;
  /** What each server wrote down. */
  readonly saw: readonly [readonly Seen[], readonly Seen[]];
  /** From the kill to the first reply on the new connection. */
  readonly recoveryMs: number;
}

/** Kills a server in the middle of a flow, until the kill catches a message that was sent and not answered. */
export async function kill(): Promise<Kill> {
  for (let tries = 1; tries <= maxTries; tries++) {
    const result = await tryToKill();
    const { sent, lost } = result.books.outbound;
    if (sent + lost > result.replies.length) return result;
  }
  throw new Error(`${maxTries} kills caught nothing that was in flight or unanswered`);
}

async function tryToKill(): Promise<Kill> {
  using tallyOfFirst = new Tally();
  using tallyOfSecond = new Tally();
  await using first = await startServer(0, tallyOfFirst);
  const { port } = first.greeting;

  let killedAt = NaN;
  const flowing = flow(port, requests(messages), (replies) => {
    if (replies !== killAfterReplies) return;
    killedAt = performance.now();
    first.kill('SIGKILL');
  });
  const signal = await Promise.race([
    first.ended,
    flowing.then(() => {
      throw new Error('the flow ended before the server was killed');
    }),
  ]);
  await using second = await startServer(port, tallyOfSecond);
  const flowed = await flowing;
  return {
    ...flowed,
    messages,
    pids: [first.pid, second.pid],
    signal,
    saw: [tallyOfFirst.read(), tallyOfSecond.read()],
    recoveryMs: Math.round(flowed.firstReplyAt - killedAt),
  };
}

function startServer(port: number, { file }: Tally): Promise<Child<{ readonly port: number }>> {
  return start('server', import.meta.url, { args: [String(port)], file });
}
