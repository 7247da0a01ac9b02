import { start } from '../child.js';
import type { Rates } from './subject.js';

/** Starts the programs `server` and `client` that lie beside the module `from`, for one contender and one launch. */
export async function pair(from: string, contender: string, seconds: number): Promise<Rates> {
  await using server = await start<{ readonly port: number }>('server', from, { args: [contender] });
  const serverEnded = server.ended.then((how) => {
    throw new Error(`the server of ${contender} ended with ${how} in the middle of a launch`);
  });
  const args = [contender, String(server.greeting.port), String(seconds)];
  await using client = await Promise.race([start<Rates>('client', from, { args }), serverEnded]);
  return client.greeting;
}
