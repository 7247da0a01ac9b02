import { helpOn, parse } from './contest/flags.js';
import { NotInstalled } from './contest/install.js';
import { run } from './contest/run.js';
import { cost } from './cost/subject.js';
import { BadFlag } from './flag-values.js';
import { guard } from './guard.js';
import { keys } from './kv/keys/subject.js';
import { kv } from './kv/subject.js';
import { latency } from './latency/subject.js';
import { memory } from './memory/subject.js';
import { request } from './request/subject.js';
import { stream } from './stream/subject.js';
import { unary } from './unary/subject.js';

const subjects = [stream, request, unary, latency, memory, cost, kv, keys];
const args = process.argv.slice(2);

try {
  if (args[0] === 'guard') process.exitCode = (await guard(args.slice(1))) ? 0 : 1;
  else {
    const settings = parse(args, subjects);
    if (settings === 'help') console.log(helpOn(subjects));
    else process.exitCode = (await run(settings)) ? 0 : 1;
  }
} catch (error) {
  if (error instanceof BadFlag) {
    console.error(`${error.message}\n\nnpm run bench -- --help tells more.`);
    process.exitCode = 2;
  } else if (error instanceof NotInstalled) {
    console.error(error.message);
    process.exitCode = 1;
  } else throw error;
}
