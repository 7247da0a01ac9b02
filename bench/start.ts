import { BadFlag } from './flag-values.js';
import { help, parse, parseApp, parsePeers, parseReplicas } from './flags.js';
import { run, runKv, runReplicas, runStreams } from './run.js';

const inShort = { kills: 1, seconds: 2 };

/** Each is true if all of it was as promised. */
type Subject = (args: readonly string[]) => Promise<boolean>;

const subjects: Readonly<Record<string, Subject>> = {
  async streams(args) {
    const settings = parse(args);
    return settings === 'help' ? printHelp() : run(settings.json, () => runStreams(settings));
  },
  async replicas(args) {
    const settings = parseReplicas(args);
    return settings === 'help' ? printHelp() : run(settings.json, () => runReplicas(settings));
  },
  async peers(args) {
    const counts = parsePeers(args);
    const { peers } = await import('./peers/peers.js');
    await peers(counts);
    return true;
  },
  async app(args) {
    const seconds = parseApp(args);
    const { app } = await import('./app/app.js');
    await app(seconds);
    return true;
  },
  async kv(args) {
    const { kv } = await import('./kv/start.js');
    return kv(args);
  },
};

const everything: Subject = async (args) => {
  const settings = parse(args);
  if (settings === 'help') return printHelp();
  const streams = (): ReturnType<typeof runStreams> => runStreams(settings);
  const replicas = (): ReturnType<typeof runReplicas> => {
    console.log('\nThree replicas:');
    return runReplicas(inShort);
  };
  const kv = (): ReturnType<typeof runKv> => {
    console.log('\nA key-value service:');
    return runKv();
  };
  return run(settings.json, streams, replicas, kv);
};

function printHelp(): true {
  console.log(help);
  return true;
}

const [name = '', ...rest] = process.argv.slice(2);
const named = Object.hasOwn(subjects, name) ? subjects[name] : undefined;
try {
  const isAsPromised = await (named ? named(rest) : everything(process.argv.slice(2)));
  process.exitCode = isAsPromised ? 0 : 1;
} catch (error) {
  if (!(error instanceof BadFlag)) throw error;
  console.error(`${error.message}\n\nnpm start -- --help tells more.`);
  process.exitCode = 2;
}
