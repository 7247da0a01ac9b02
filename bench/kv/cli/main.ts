import { BadFlag } from '../../flag-values.js';
import { ask } from './ask.js';
import { help, parseAsking, parseServe } from './commands.js';
import { serveKv } from './serve.js';

const args = process.argv.slice(2);
try {
  if (args.includes('--help')) console.log(help);
  else if (args[0] === 'serve') process.exitCode = await serveKv(parseServe(args.slice(1)));
  else process.exitCode = await ask(parseAsking(args));
} catch (error) {
  if (!(error instanceof BadFlag)) throw error;
  console.error(`${error.message}\n\nnpm run -s kv -- --help tells more.`);
  process.exitCode = 2;
}
