/** The stores, where there is no package classic-level. What they say is one line of JSON. */
import { register } from 'node:module';

const resolving = `export function resolve(name, context, next) {
  if (name === 'classic-level') throw Object.assign(new Error('there is no ' + name), { code: 'ERR_MODULE_NOT_FOUND' });
  return next(name, context);
}`;
register(`data:text/javascript,${encodeURIComponent(resolving)}`);

const { levelStore, memoryStore } = await import('rxduplex/kv');
const inMemory = memoryStore({ firstRevision: 1 }).revision;
const { code, message } = (await levelStore('never made').catch((error: unknown) => error)) as NodeJS.ErrnoException;
console.log(JSON.stringify({ inMemory, code, message }));
