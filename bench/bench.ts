import { helpOn, parse } from './contest/flags.js';
import { NotInstalled } from './contest/install.js';
import { run } from './contest/run.js';
import { BadFlag } from './flag-values.js';
import { request } from './request/subject.js';
import { stream } from './stream/subject.js';

const subjects = [stream, request];

try {
  const settings = parse(process.argv.slice(2), subjects);
  if (settings === 'help') console.log(helpOn(subjects));
  else process.exitCode = (await run(settings)) ? 0 : 1;
} catch (error) {
  if (error instanceof BadFlag) {
    console.error(`${error.message}\n\nnpm run bench -- --help tells more.`);
    process.exitCode = 2;
  } else if (error instanceof NotInstalled) {
    console.error(error.message);
    process.exitCode = 1;
  } else throw error;
}
