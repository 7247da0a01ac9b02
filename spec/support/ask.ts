import { fork } from 'node:child_process';

/** What a process can be asked by the one at the other end of its channel. */
export type Answers = Readonly<Record<string, (about: number) => unknown>>;
export type Ask = (what: string, about?: number) => Promise<unknown>;

interface Question {
  readonly id: number;
  readonly what: string;
  readonly about: number;
}

interface Answer {
  readonly id: number;
  readonly answer?: unknown;
}

type Said = Question | Answer;

interface Channel {
  send?(said: readonly Said[], handle: undefined, options: undefined, sent: () => void): unknown;
  on(event: 'message', listener: (said: unknown) => void): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
}

/** Answers what the other process asks, and asks it in turn; what is still asked when that has ended is rejected. */
export function askOver(channel: Channel, answers: Answers): Ask {
  const asked = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  let questions = 0;
  let said: Said[] = [];
  /** What is said in one turn goes as one message: a thousand would cost more than what they are about. */
  const say = (what: Said): void => {
    if (said.push(what) > 1) return;
    setImmediate(() => {
      // What an ended process is still told is of no account.
      channel.send?.(said, undefined, undefined, () => undefined);
      said = [];
    });
  };
  const answer = async ({ id, what, about }: Question): Promise<void> => {
    say({ id, answer: await answers[what]?.(about) });
  };
  channel.on('message', (all) => {
    for (const heard of all as readonly Said[]) {
      if ('what' in heard) void answer(heard);
      else {
        asked.get(heard.id)?.resolve(heard.answer);
        asked.delete(heard.id);
      }
    }
  });
  channel.once('disconnect', () => {
    for (const { reject } of asked.values()) reject(new Error('the other process has ended'));
  });
  return (what, about = 0) =>
    new Promise((resolve, reject) => {
      const id = (questions += 1);
      asked.set(id, { resolve, reject });
      say({ id, what, about });
    });
}

export interface Asked {
  readonly ask: Ask;
  readonly stop: () => void;
}

/** Starts a program that asks over its own channel, in a process whose memory can be measured. */
export function startAsked(program: string, args: readonly string[], answers: Answers): Asked {
  const child = fork(program, args, { execArgv: ['--expose-gc', '--import', 'tsx'] });
  return {
    ask: askOver(child, answers),
    stop: () => {
      child.kill('SIGKILL');
    },
  };
}
