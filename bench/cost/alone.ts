import { endWithParent, greet } from '../child.js';
import { axisOf } from './axes.js';
import { depth } from './depth.js';
import { subscribers, types } from './routes.js';

endWithParent();
const [point = '', seconds] = process.argv.slice(2);
const { axis, value } = axisOf(point);
const measures: Readonly<Record<string, (value: number, seconds: number) => number>> = { depth, subscribers, types };
const measure = measures[axis];
if (!measure) throw new Error(`${axis} is measured over a connection`);
greet({ [axis]: measure(value, Number(seconds)) });
