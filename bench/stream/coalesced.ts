import { Client, Metadata, Server, credentials } from '@grpc/grpc-js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { PeerReply__Output, PeerRequest__Output } from 'rxduplex/peer';

import { codec } from '../codec.js';
import { prefix } from '../frames.js';
import { listen } from '../listen.js';
import { echo } from '../messages.js';
import type { StreamContender } from './contender.js';
import { gathered } from './gathered.js';
import { Replies } from './replies.js';

/**
 * Several messages as one serialised message: grpc-js writes the first prefix and calls `copy`, which puts its length
 * right and writes the others between the messages.
 */
class Batch {
  readonly length: number;
  readonly #messages: readonly Buffer[];

  constructor(messages: readonly Buffer[]) {
    this.#messages = messages;
    this.length = messages.reduce((total, { length }) => total + prefix + length, -prefix);
  }

  get byteLength(): number {
    return this.length;
  }

  copy(target: Buffer, at: number): void {
    let start = at - prefix;
    for (const message of this.#messages) {
      target[start] = 0;
      target.writeUInt32BE(message.length, start + 1);
      start += prefix + message.copy(target, start + prefix);
    }
  }
}

/** The serialiser on both sides: grpc-js uses nothing of a Buffer but its lengths and its `copy`. */
const asItIs = (batch: Batch): Buffer => batch as unknown as Buffer;

/** grpc-js alone, with many messages in one write on both sides: the limit for what is built on it. */
export const grpcJsCoalesced: StreamContender = {
  serve() {
    const exchange = (call: ServerDuplexStream<PeerRequest__Output, Batch>): void => {
      call.sendMetadata(new Metadata());
      const replies = new Replies(call);
      const send = gathered(replies.next, (messages, flushed) => call.write(new Batch(messages), flushed));
      call.on('data', (request: PeerRequest__Output) => {
        replies.push(codec.responseSerialize(echo(request)));
        send();
      });
    };
    const server = new Server();
    const method = { ...codec, requestStream: true, responseStream: true, responseSerialize: asItIs } as const;
    server.addService({ exchange: method }, { exchange });
    return listen(server);
  },
  open(port, { next, replied }) {
    const options = { 'grpc.per_rpc_retry_buffer_size': 0 };
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
    const call = client.makeBidiStreamRequest(codec.path, asItIs, codec.responseDeserialize);
    call.on('data', ({ vote }: PeerReply__Output) => replied(vote?.candidateId));
    return gathered(
      () => {
        const message = next();
        return message && codec.requestSerialize(message);
      },
      (messages, flushed) => call.write(new Batch(messages), flushed),
    );
  },
};
