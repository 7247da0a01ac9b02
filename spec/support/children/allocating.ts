/**
 * Sends many messages through a Remote whose call is a stub that answers each, and prints as JSON what that cost.
 * Arguments: the number of messages, and `next` or `request`. To be run with a young generation that is never full.
 */
import { createHook } from 'node:async_hooks';
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';

import { oneof } from '../../../lib/inbound/select.js';
import { Remote } from '../../../lib/remote.js';
import { EchoCall } from '../echo-call.js';

export interface Cost {
  readonly bytes: number;
  readonly promises: number;
  readonly writes: number;
  /** Must be 0, or the bytes are too few. */
  readonly collections: number;
}

const [messages = '', how = ''] = process.argv.slice(2);
const count = Number(messages);
const atOnce = 400;

const call = new EchoCall();
const remote = new Remote(call.asOpen(), {
  events: oneof('event'),
  requests: { mode: 'by-id', set: (message, id) => ({ ...message, id }), get: ({ id }) => id },
});
let replies = 0;
remote.on('beat').subscribe(() => (replies += 1));
await remote.connect();

const send = {
  next: () => remote.next({ id: '0', beat: { at: 1 } }),
  request: () => remote.request({ beat: { at: 1 } }).subscribe(),
}[how];
if (!send) throw new Error(`next or request, not ${how}`);

async function run(total: number): Promise<void> {
  const until = replies + total;
  for (let sent = 0; sent < total; sent += atOnce) {
    for (let index = 0; index < atOnce; index += 1) send?.();
    while (replies < until - total + sent + atOnce) await setImmediate();
  }
}

// What is compiled and laid out by the way is no cost of a message.
await run(100_000);

let promises = 0;
const hook = createHook({
  init: (_, type) => {
    if (type === 'PROMISE') promises += 1;
  },
});
hook.enable();
await run(count);
hook.disable();

let collections = 0;
const observer = new PerformanceObserver((list) => (collections += list.getEntries().length));
globalThis.gc?.();
// Its own entry comes late.
await setTimeout(100);
observer.observe({ entryTypes: ['gc'] });
const [bytesBefore, writesBefore] = [process.memoryUsage().heapUsed, call.writes];
await run(count);
const bytes = (process.memoryUsage().heapUsed - bytesBefore) / count;
await setTimeout(100);
observer.disconnect();

const cost: Cost = { bytes, promises: promises / count, writes: call.writes - writesBefore, collections };
console.log(JSON.stringify(cost));
await remote.close({ drainMs: 0 });
