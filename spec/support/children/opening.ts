/** Opens a store and says with which revision, to be killed. Its argument: the directory. */
import { levelStore } from 'rxduplex/kv';

import { greet } from '../../../bench/child.js';

const [directory = ''] = process.argv.slice(2);

const { revision } = await levelStore(directory);
greet({ revision });
