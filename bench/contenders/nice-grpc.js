import { createChannel, createClient, createServer } from 'nice-grpc';

import { pulled } from './pulled.js';

/** Async iterables on both sides, pulled as the calls have room. */
export const stream = ({ service, echo }) => ({
  async serve() {
    const server = createServer();
    server.add(service, {
      async *Exchange(requests) {
        for await (const request of requests) yield echo(request);
      },
    });
    return server.listen('127.0.0.1:0');
  },
  open(port, flow) {
    const client = createClient(service, createChannel(`127.0.0.1:${port}`));
    const { messages, send } = pulled(flow);
    void read(client.Exchange(messages), flow);
    return send;
  },
});

async function read(replies, { replied }) {
  for await (const { vote } of replies) replied(vote?.candidateId);
}
