import { endWithParent, greet } from '../child.js';
import { load } from '../stream/contenders.js';
import { measure } from './loads.js';

endWithParent();
const [name = '', port, seconds] = process.argv.slice(2);
greet(await measure(await load(name), Number(port), Number(seconds)));
