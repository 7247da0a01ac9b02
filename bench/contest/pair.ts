import { start } from '../child.js';
import type { Figures } from './subject.js';

export interface Programs {
  readonly server?: string;
  readonly client?: string;
  /** Of Node, for the client. */
  readonly flags?: readonly string[];
}

/** Starts the programs `server` and `client` that lie beside the module `from`, for one contender and one launch. */
export async function pair(
  from: string,
  contender: string,
  seconds: number,
  { server: serverName = 'server', client: clientName = 'client', flags = [] }: Programs = {},
): Promise<Figures> {
  await using server = await start<{ readonly port: number }>(serverName, from, { args: [contender] });
  const serverEnded = server.ended.then((how) => {
    throw new Error(`the server of ${contender} ended with ${how} in the middle of a launch`);
  });
  const args = [contender, String(server.greeting.port), String(seconds)];
  await using client = await Promise.race([start<Figures>(clientName, from, { args, flags }), serverEnded]);
  return client.greeting;
}
