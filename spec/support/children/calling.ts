/** A client that makes every call of a shape when it is told to, says when all are in their middle, and is killed then. Its argument: the shape. */
import { greet } from '../../../bench/child.js';
import { cutCalls } from '../matrix/calls.js';
import type { Shape } from '../matrix/plan.js';
import type { Ports } from '../matrix/server.js';

const shape = process.argv[2] as Shape;

process.once('message', (ports: Ports) => {
  const calls = Object.values(ports).flatMap((port) => cutCalls(shape, port, 'killed'));
  void Promise.all(calls.map(({ begun }) => begun)).then(() => process.send?.('begun'));
});
greet({});
