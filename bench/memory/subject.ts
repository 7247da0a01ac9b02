import { pair } from '../contest/pair.js';
import type { Subject } from '../contest/subject.js';
import { bytes, messages } from '../contest/units.js';
import { foreignNames, ownNames } from './contenders.js';

/** Its buffer of 1,024 messages of up to 46 bytes, one HTTP/2 window, and a megabyte of heap for all the rest. */
const bound = 1024 * 46 + 64 * 1024 + 1_000_000;

export const memory: Subject = {
  name: 'memory',
  title: 'A million messages of up to 46 bytes, offered to a peer that reads nothing',
  contenders: [...ownNames, ...foreignNames],
  foreign: foreignNames,
  measures: [
    { name: 'heap', ...bytes },
    { name: 'rss', ...bytes },
    { name: 'held', ...messages },
  ],
  drawn: ['heap'],
  ratios: [
    { name: 'heapVsBound', measure: 'heap', of: 'rxduplex', over: bound, most: 1 },
    { name: 'dropOldestHeapVsBound', measure: 'heap', of: 'rxduplex-drop-oldest', over: bound, most: 1 },
  ],
  launch: (contender, seconds) => pair(import.meta.url, contender, seconds, { flags: ['--expose-gc'] }),
};
