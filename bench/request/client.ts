import { endWithParent, greet } from '../child.js';
import { load } from './contenders.js';
import { measure } from './loads.js';

endWithParent();
const [name = '', port, seconds] = process.argv.slice(2);
const { connect } = await load(name);
greet(await measure(connect(Number(port)), Number(seconds)));
