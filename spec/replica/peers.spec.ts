import { serve } from 'rxduplex';
import type { DuplexHandler } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerRequest__Output } from 'rxduplex/peer';
import { map, tap } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { clientOf, replyTo, until } from '../support/peer.js';
import { replicaOf, stopReplicas, told } from '../support/replicas.js';

test.after.each(stopReplicas);

const rounds = 3;

/** What one replica with so many peers has made of each thing, from its start to its stop. */
async function costOf(peers: number): Promise<Record<string, number>> {
  let calls = 0;
  let requests = 0;
  let closed = 0;
  const exchange: DuplexHandler<PeerRequest__Output, PeerReply> = (requests$) => {
    calls += 1;
    return requests$.pipe(
      tap(() => (requests += 1)),
      map(replyTo),
    );
  };
  const ports: number[] = [];
  const all = Array.from({ length: peers }, () =>
    replicaOf({ serve: (server) => serve(server, PeerService, { exchange }) }),
  );
  for (const peer of all) ports.push(await peer.start());
  const socketsBefore = sockets();

  let clients = 0;
  const replica = replicaOf({
    client: (address) => {
      clients += 1;
      const client = clientOf(Number(address.split(':')[1]));
      const close = client.close.bind(client);
      client.close = () => {
        closed += 1;
        close();
      };
      return client;
    },
  });
  for (const [index, port] of ports.entries()) replica.add(`p${String(index)}`, `127.0.0.1:${String(port)}`);
  const links = [...replica.peers.values()];
  const statuses = told(replica.status$, ({ status }) => status.state);
  const answers = told(replica.events$, ({ source, value }) => `${source} ${JSON.stringify(value)}`);
  await replica.start();
  await until('all links', () => statuses.filter((state) => state === 'open').length === peers);
  const connections = (sockets() - socketsBefore) / 2;

  for (let round = 1; round <= rounds; round += 1) assert.equal(replica.broadcast({ beat: { at: round } }), []);
  await until('all answers', () => answers.length === rounds * peers);
  assert.is(new Set(answers).size, rounds * peers);

  await replica.stop();
  const sent = links.reduce((sum, { remote }) => sum + remote.stats().outbound.sent, 0);
  await until('the connections to end', () => sockets() === socketsBefore);
  const open = all.reduce((sum, { serving }) => sum + (serving?.stats().open ?? 0), 0);
  await stopReplicas();
  return {
    clients,
    calls,
    connections,
    statuses: statuses.length,
    requests,
    sent,
    answers: answers.length,
    closed,
    open,
  };
}

/** Both ends of each connection are in this process. */
const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

for (const peers of [10, 100]) {
  test(`a replica with ${String(peers)} peers opens one call and one connection to each, tells each once, and ends all`, async () => {
    assert.equal(await costOf(peers), {
      clients: peers,
      calls: peers,
      connections: peers,
      // Idle, connecting, open, draining, closed.
      statuses: 5 * peers,
      requests: rounds * peers,
      sent: rounds * peers,
      answers: rounds * peers,
      closed: peers,
      open: 0,
    });
  });
}

test.run();
