import { BadFlag } from './flag-values.js';
import { help, parse, parseApp, parsePeers, parseReplicas } from './flags.js';
import { run, runReplicas, runStreams } from './run.js';

const inShort = { kills: 1, seconds: 2 };

const subjects: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  async streams(args) {
    const settings = parse(args);
    if (settings === 'help') console.log(help);
    else await run(settings.json, () => runStreams(settings));
  },
  async replicas(args) {
    const settings = parseReplicas(args);
    if (settings === 'help') console.log(help);
    else await run(settings.json, () => runReplicas(settings));
  },
  async peers(args) {
    const counts = parsePeers(args);
    const { peers } = await import('./peers/peers.js');
    await peers(counts);
  },
  async app(args) {
    const seconds = parseApp(args);
    const { app } = await import('./app/app.js');
    await app(seconds);
  },
};

async function all(args: readonly string[]): Promise<void> {
  const settings = parse(args);
  if (settings === 'help') {
    console.log(help);
    return;
  }
  await run(
    settings.json,
    () => runStreams(settings),
    () => {
      console.log('\nThree replicas:');
      return runReplicas(inShort);
    },
  );
}

const [subject = '', ...rest] = process.argv.slice(2);
const named = Object.hasOwn(subjects, subject) ? subjects[subject] : undefined;
try {
  await (named ? named(rest) : all(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof BadFlag)) throw error;
  console.error(`${error.message}\n\nnpm start -- --help tells more.`);
  process.exitCode = 2;
}
