import { once } from 'node:events';

import { credentials } from '@grpc/grpc-js';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { PeerClient } from 'rxduplex/peer';
import type { PeerReply__Output, PeerRequest } from 'rxduplex/peer';

import { numberOf } from '../messages.js';
import { timed } from './contender.js';
import type { Contender, Mode, Run } from './contender.js';

type Call = ClientDuplexStream<PeerRequest, PeerReply__Output>;
type Messages = readonly PeerRequest[];

/** The same modes on grpc-js alone, used as its documentation does. It has no send buffer whose size could be set. */
export function grpcJs(address: string): Contender {
  const client = new PeerClient(address, credentials.createInsecure());
  return {
    async run({ mode, messages }: Run) {
      const call = client.exchange();
      await once(call, 'metadata');
      const outcome = await timed(() => exchanges[mode](call, messages));
      call.end();
      await once(call, 'status');
      return outcome;
    },
    close: () => {
      client.close();
    },
  };
}

const exchanges: Readonly<Record<Mode, (call: Call, messages: Messages) => Promise<number>>> = {
  sync: lockStep,
  async: byId,
  'in-order': inOrder,
};

function lockStep(call: Call, messages: Messages): Promise<number> {
  const rest = messages.values();
  const sendNext = (): void => {
    const next = rest.next();
    if (!next.done) call.write(next.value);
  };
  const expected = read(call, messages.length, (reply, index) => {
    sendNext();
    return numberOf(reply) === index + 1;
  });
  sendNext();
  return expected;
}

function byId(call: Call, messages: Messages): Promise<number> {
  const waiting = new Map<string, (reply: PeerReply__Output) => boolean>();
  const requests = messages.map((message, index) => {
    const id = String(index + 1);
    waiting.set(id, (reply) => numberOf(reply) === index + 1);
    return { ...message, id };
  });
  const expected = read(call, messages.length, (reply) => {
    const answered = waiting.get(reply.id);
    waiting.delete(reply.id);
    return answered?.(reply) ?? false;
  });
  write(call, requests.values());
  return expected;
}

function inOrder(call: Call, messages: Messages): Promise<number> {
  const expected = read(call, messages.length, (reply, index) => numberOf(reply) === index + 1);
  write(call, messages.values());
  return expected;
}

/** Reads `count` replies, and tells how many of them were as expected. */
function read(
  call: Call,
  count: number,
  isExpected: (reply: PeerReply__Output, index: number) => boolean,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let replies = 0;
    let expected = 0;
    call.on('error', reject);
    call.on('data', (reply: PeerReply__Output) => {
      if (isExpected(reply, replies)) expected += 1;
      replies += 1;
      if (replies === count) resolve(expected);
    });
  });
}

function write(call: Call, messages: IterableIterator<PeerRequest>): void {
  for (const message of messages) {
    if (call.write(message)) continue;
    call.once('drain', () => {
      write(call, messages);
    });
    return;
  }
}
