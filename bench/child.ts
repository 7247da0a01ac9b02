import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ChildOptions {
  readonly args?: readonly string[];
  /** Of Node, beside those that this process has. */
  readonly flags?: readonly string[];
  /** The descriptor of an open file, which the child knows as `inheritedFile`. */
  readonly file?: number;
  /** The descriptor of an open file, to which the child's standard error goes instead of this process's. */
  readonly errors?: number;
  /** Is given what the child says after its greeting. */
  readonly onNews?: (news: unknown) => void;
}

/** After the standard three and the channel to the parent. */
export const inheritedFile = 4;

/** How a process ended: with an exit code, or by a signal. */
export type Ended = number | NodeJS.Signals;

/** A program in a process of its own, from its greeting on. */
export interface Child<Greeting> extends AsyncDisposable {
  readonly pid: number;
  readonly greeting: Greeting;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Tells the child something; nothing happens if it has ended. */
  order(order: object): void;
}

/** Starts the program `name` that lies beside the module `from`, and waits for what it has to say. */
export async function start<Greeting>(
  name: string,
  from: string,
  options: ChildOptions = {},
): Promise<Child<Greeting>> {
  const program = fileURLToPath(new URL(name + extname(from), from));
  const { args = [], flags = [], file, errors = 'inherit', onNews } = options;
  const forked = fork(program, args, {
    execArgv: [...process.execArgv, ...flags],
    stdio: ['ignore', 'inherit', errors, 'ipc', ...(file === undefined ? [] : [file])],
  });
  const ended = once(forked, 'exit').then(([code, signal]) => (signal ?? code) as Ended);
  if (onNews) forked.once('message', () => forked.on('message', onNews));
  const [greeting] = (await Promise.race([
    once(forked, 'message'),
    ended.then((how) => {
      throw new Error(`${program} ended with ${how} before it was ready`);
    }),
  ])) as [Greeting];
  return {
    pid: forked.pid as number,
    greeting,
    ended,
    kill: (signal) => void forked.kill(signal),
    order: (order) => {
      // It may end at any time: then it is given nothing.
      if (forked.connected) forked.send(order, () => undefined);
    },
    async [Symbol.asyncDispose]() {
      forked.kill();
      await ended;
    },
  };
}

/** Called by a child: it is ready, and ends with its parent, however that ends. */
export function greet(greeting: object): void {
  endWithParent();
  process.send?.(greeting);
}

/** Called by a child that has much to do before it has something to say. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit());
}
