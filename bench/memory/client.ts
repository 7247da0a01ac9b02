import { endWithParent, greet } from '../child.js';
import { load } from './contenders.js';
import { measure } from './loads.js';

endWithParent();
const [name = '', port] = process.argv.slice(2);
const { open } = await load(name);
greet(await measure(await open(Number(port))));
