import { start } from '../child.js';
import type { Figures } from './load.js';
import type { Case } from './plan.js';

export interface Launch {
  readonly seconds: number;
  readonly seed: number;
  /** Of values, on the average. */
  readonly valueBytes: number;
}

/** One case with a server and a client of its own, so that none inherits what another has left behind. */
export async function launch(measured: Case, how: Launch): Promise<Figures> {
  const { contender, concurrency, inFlight } = measured;
  await using server = await start<{ readonly port: number }>('server', import.meta.url, {
    args: [contender, concurrency, String(inFlight)],
  });
  const serverEnded = server.ended.then((ended) => {
    throw new Error(`the server of ${contender} ended with ${ended} in the middle of a launch`);
  });
  const args = [JSON.stringify({ ...how, ...measured, port: server.greeting.port })];
  await using client = await Promise.race([start<Figures>('client', import.meta.url, { args }), serverEnded]);
  return client.greeting;
}
