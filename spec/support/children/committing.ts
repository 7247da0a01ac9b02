/**
 * Writers that each count up, in two keys at once, and write down what they were answered, to be killed.
 * Arguments: the directory of a store, and how many writers.
 */
import { levelStore } from 'rxduplex/kv';

import { greet, inheritedFile } from '../../../bench/child.js';
import { writeAck } from '../acks.js';
import { countOf, counting } from '../counting.js';
import { key } from '../store-kinds.js';

const [directory = '', writers = '0'] = process.argv.slice(2);

const store = await levelStore(directory);
greet({});
setInterval(() => undefined, 1000);
for (let writer = 0; writer < Number(writers); writer += 1) void write(writer);

async function write(writer: number): Promise<never> {
  const { entry } = await store.get(key(`a${writer}`));
  let version = entry?.version;
  for (let count = (entry ? countOf(entry.value) : 0) + 1; ; count += 1) {
    const { outcome, revision } = await store.commit(counting(writer, count, version));
    if (outcome === 'refused') throw new Error(`writer ${writer} was refused ${count}`);
    version = revision;
    writeAck(inheritedFile, { writer, count, revision });
  }
}
