import { eased } from './contest/eased.js';
import { run } from './contest/run.js';
import { BadFlag } from './flag-values.js';
import { request } from './request/subject.js';
import { stream } from './stream/subject.js';

/** Machines that others use too move single launches by so much. */
const factor = 0.5;

const guarded = [
  eased(stream, ['A', 'A1', 'rxduplex', 'rxduplex-to-grpc-js'], factor),
  eased(request, ['grpc-js', 'rxduplex'], factor),
];

/** A short check for every change: whether we are still about as fast as we have to be. */
export async function guard(args: readonly string[]): Promise<boolean> {
  if (args.length > 0) throw new BadFlag('guard', 'no arguments', args[0]);
  let held = true;
  for (const subject of guarded) {
    const { contenders } = subject;
    const settings = { subject, contenders, launches: 1, seconds: 1, check: true, command: 'npm run bench -- guard' };
    if (!(await run(settings))) held = false;
  }
  return held;
}
