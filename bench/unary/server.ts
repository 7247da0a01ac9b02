import { greet } from '../child.js';
import { load } from './contenders.js';

const [name = ''] = process.argv.slice(2);
const contender = await load(name);
greet({ port: await contender.serve() });
