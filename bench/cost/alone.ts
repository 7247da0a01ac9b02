import { endWithParent, greet } from '../child.js';
import { pointOf } from './axes.js';
import { depth } from './depth.js';
import { subscribers, types } from './routes.js';

type Measure = (value: number, seconds: number, bare: boolean) => number;

endWithParent();
const [name = '', seconds] = process.argv.slice(2);
const { axis, value, bare } = pointOf(name);
const measures: Readonly<Record<string, Measure>> = { depth, subscribers, types };
const measure = measures[axis];
if (!measure) throw new Error(`${axis} is measured over a connection`);
greet({ [axis]: measure(value, Number(seconds), bare) });
