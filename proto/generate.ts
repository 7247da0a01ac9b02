import { emit } from './emit/emit.js';
import { differences, filesBelow, readTree, writeTree } from './emit/tree.js';

/** Where .proto files are, where what is made of them goes, and by what name that knows the library. */
const places = [
  { protoDir: 'proto', outDir: 'lib/generated', library: '../index.js' },
  { protoDir: 'spec/support/proto', outDir: 'spec/support/generated', library: 'rxduplex' },
] as const;

const checking = process.argv.includes('--check');
for (const { protoDir, outDir, library } of places) {
  if ((await filesBelow(protoDir)).length === 0) continue;
  const made = await emit(protoDir, library);
  if (checking) {
    for (const path of differences(await readTree(outDir), made)) {
      console.error(`${outDir}/${path} is stale: npm run generate`);
      process.exitCode = 1;
    }
  } else {
    await writeTree(outDir, made);
  }
}
