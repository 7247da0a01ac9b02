import { eased } from './contest/eased.js';
import { run } from './contest/run.js';
import type { Subject } from './contest/subject.js';
import { BadFlag } from './flag-values.js';
import { request } from './request/subject.js';
import { stream } from './stream/subject.js';
import { unary } from './unary/subject.js';

/** Machines that others use too move single launches by so much; and a launch that they stall says nothing. */
const factor = 0.5;
const tries = 3;

export const guarded: readonly Subject[] = [
  eased(stream, ['A', 'A1', 'rxduplex', 'rxduplex-to-grpc-js'], factor),
  eased(request, ['grpc-js', 'rxduplex'], factor),
  eased(unary, ['grpc-js', 'rxduplex-to-grpc-js'], factor),
];

/** A short check for every change: whether we are still about as fast as we have to be. */
export async function guard(args: readonly string[]): Promise<boolean> {
  if (args.length > 0) throw new BadFlag('guard', 'no arguments', args[0]);
  for (const subject of guarded) if (!(await holds(subject))) return false;
  return true;
}

async function holds(subject: Subject): Promise<boolean> {
  const { contenders } = subject;
  const settings = { subject, contenders, launches: 1, seconds: 1, check: true, command: 'npm run bench -- guard' };
  for (let left = tries; left > 0; left -= 1) if (await run(settings)) return true;
  return false;
}
