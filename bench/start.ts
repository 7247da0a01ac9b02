import { BadFlag } from './flag-values.js';
import { help, parse, parseApp } from './flags.js';
import { run } from './run.js';

const [subject, ...rest] = process.argv.slice(2);
try {
  if (subject === 'app') {
    const { app } = await import('./app/app.js');
    await app(parseApp(rest));
  } else {
    const settings = parse(process.argv.slice(2));
    if (settings === 'help') console.log(help);
    else process.exitCode = (await run(settings)) ? 0 : 1;
  }
} catch (error) {
  if (!(error instanceof BadFlag)) throw error;
  console.error(`${error.message}\n\nnpm start -- --help tells more.`);
  process.exitCode = 2;
}
