import { BadFlag, help, parse } from './flags.js';
import { run } from './run.js';

try {
  const settings = parse(process.argv.slice(2));
  if (settings === 'help') console.log(help);
  else process.exitCode = (await run(settings)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof BadFlag)) throw error;
  console.error(`${error.message}\n\nnpm start -- --help tells more.`);
  process.exitCode = 2;
}
