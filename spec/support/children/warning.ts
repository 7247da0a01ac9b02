/**
 * Does something three times, by which the library warns of it once, and ends by itself. Arguments: the name of the cause,
 * and `wrong` or `right`.
 */
import { stopAll } from '../peer.js';
import { causes } from '../warnings.js';

const [name = '', how = ''] = process.argv.slice(2);
const cause = causes[name];
if (!cause) throw new Error(`there is no cause called ${JSON.stringify(name)}`);
if (how !== 'wrong' && how !== 'right') throw new Error(`wrong or right, not ${JSON.stringify(how)}`);

for (let time = 0; time < 3; time += 1) await cause[how]();
stopAll();
console.log('done');
