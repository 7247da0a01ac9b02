/**
 * Lets something end, and then ends by itself, if nothing is left that keeps a process alive.
 * Argument: the name of the ending.
 */
import { endings } from '../endings.js';
import { Scene } from '../scene.js';

const limitMs = 60_000;

const [name = ''] = process.argv.slice(2);
const ending = endings[name];
if (!ending) throw new Error(`there is no ending called ${JSON.stringify(name)}`);

setTimeout(() => {
  console.error(`it did not end by itself: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit(1);
}, limitMs).unref();

await using scene = new Scene();
scene.outliving = await ending(scene);
