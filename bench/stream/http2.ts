import { connect, createServer } from 'node:http2';
import type { Http2Stream } from 'node:http2';

import { codec } from '../codec.js';
import { frame, unframe } from '../frames.js';
import { listenHttp2 } from '../listen.js';
import { echo } from '../messages.js';
import type { Send, StreamContender } from './contender.js';
import { gathered } from './gathered.js';
import { Replies } from './replies.js';

/** Sends what `next` has on a stream. */
type Writer = (stream: Http2Stream, next: () => Buffer | undefined) => Send;

/** One write carries what has gathered: as fast as it goes on Node's HTTP/2. */
export const coalesced: Writer = (stream, next) =>
  gathered(next, (messages, flushed) => stream.write(frame(messages), flushed));

/** One write a message. */
export const each: Writer = (stream, next) => {
  const send = (): void => {
    while (!stream.writableNeedDrain) {
      const message = next();
      if (!message) return;
      stream.write(frame([message]));
    }
  };
  stream.on('drain', send);
  return send;
};

/** Node's HTTP/2 with gRPC's frames in it, and nothing else of gRPC. */
export function http2(writer: Writer): StreamContender {
  return {
    serve() {
      const server = createServer();
      server.on('stream', (stream) => {
        stream.respond();
        const replies = new Replies(stream);
        const send = writer(stream, replies.next);
        const take = unframe((message) => {
          replies.push(codec.responseSerialize(echo(codec.requestDeserialize(message))));
        });
        stream.on('data', (piece: Buffer) => {
          take(piece);
          send();
        });
      });
      return listenHttp2(server);
    },
    open(port, { next, replied }) {
      const stream = connect(`http://127.0.0.1:${port}`).request({ ':method': 'POST', ':path': codec.path });
      const send = writer(stream, () => {
        const message = next();
        return message && codec.requestSerialize(message);
      });
      stream.on(
        'data',
        unframe((message) => replied(codec.responseDeserialize(message).vote?.candidateId)),
      );
      return send;
    },
  };
}
