/**
 * Lets something of the key-value service end, prints what it saw as a line of JSON, and ends by itself, if nothing is left
 * that keeps a process alive. Arguments: the name of the ending, and an API.
 */
import { kvEndings } from '../kv-endings.js';
import type { KvApi } from '../kv-endings.js';

const limitMs = 60_000;

const [name = '', api = 'unary'] = process.argv.slice(2);
const ending = kvEndings[name];
if (!ending) throw new Error(`there is no ending called ${JSON.stringify(name)}`);

setTimeout(() => {
  console.error(`it did not end by itself: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit(1);
}, limitMs).unref();

console.log(JSON.stringify(await ending(api as KvApi)));
