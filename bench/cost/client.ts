import { setTimeout as sleep } from 'node:timers/promises';

import type { PeerRequest } from 'rxduplex/peer';

import { endWithParent, greet } from '../child.js';
import { sample } from '../messages.js';
import { pointOf } from './axes.js';
import { connect } from './connection.js';

/** In flight at any time, over all streams. */
const unanswered = 1000;

endWithParent();
const [name = '', port, seconds] = process.argv.slice(2);
const { axis, value } = pointOf(name);
const sized: PeerRequest = { append: { term: 1, payload: Buffer.alloc(value) } };
const [count, message] = axis === 'streams' ? [value, sample] : [1, sized];

let replies = 0;
const streams = await connect(Number(port), count, message, () => (replies += 1));
for (const stream of streams) stream.keep(unanswered / count);
await sleep(1000);
const [before, start] = [replies, performance.now()];
await sleep(Number(seconds) * 1000);
greet({ [axis]: ((performance.now() - start) * 1e6) / (replies - before) });
