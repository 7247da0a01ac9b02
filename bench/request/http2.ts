import { connect, createServer } from 'node:http2';

import { codec } from '../codec.js';
import { frame, unframe } from '../frames.js';
import { listenHttp2 } from '../listen.js';
import { echo } from '../messages.js';
import type { RequestContender } from './contender.js';

/** A stream of Node's HTTP/2 for each request, with gRPC's frames in it, and nothing else of gRPC. */
export const http2: RequestContender = {
  serve() {
    const server = createServer();
    server.on('stream', (stream) => {
      stream.respond();
      stream.on(
        'data',
        unframe((message) => {
          stream.end(frame([codec.responseSerialize(echo(codec.requestDeserialize(message)))]));
        }),
      );
    });
    return listenHttp2(server);
  },
  connect(port) {
    const session = connect(`http://127.0.0.1:${port}`);
    return (request, answered) => {
      const stream = session.request({ ':method': 'POST', ':path': codec.path });
      let candidate: string | undefined;
      stream.on(
        'data',
        unframe((message) => (candidate = codec.responseDeserialize(message).vote?.candidateId)),
      );
      stream.on('end', () => answered(candidate));
      stream.end(frame([codec.requestSerialize(request)]));
    };
  },
};
