import { endWithParent, greet } from '../child.js';
import { inFlight } from '../request/loads.js';
import { load } from './contenders.js';

endWithParent();
const [name = '', port, seconds] = process.argv.slice(2);
const { connect } = await load(name);
const ask = connect(Number(port));
const ms = Number(seconds) * 1000;
const hundred = await inFlight(100, ask, ms, 1000);
const single = await inFlight(1, ask, ms);
greet({ hundred: hundred.perSecond, single: single.perSecond, 'client cpu': hundred.cpuUs });
