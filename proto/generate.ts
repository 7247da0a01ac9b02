import { emit } from './emit/emit.js';
import { differences, readTree, writeTree } from './emit/tree.js';

const protoDir = 'proto';
const outDir = 'lib/generated';

const made = await emit(protoDir);
if (process.argv.includes('--check')) {
  const stale = differences(await readTree(outDir), made);
  for (const path of stale) console.error(`${outDir}/${path} is stale: npm run generate`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  await writeTree(outDir, made);
}
