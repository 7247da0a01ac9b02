import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { ceiling } from './ceiling.js';
import type { Answer, Ask, Concurrency } from './contender.js';
import { Registers } from './registers.js';
import type { Operation } from './workload.js';

export interface Load {
  readonly concurrency: Concurrency;
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly ms: number;
}

/** What one run found. */
export interface Figures {
  readonly rpcsPerSecond: number;
  /** What the work that was drawn allows, in RPCs a second. */
  readonly ceiling: number;
  readonly answered: number;
  readonly notFound: number;
  readonly alreadyExists: number;
  /** Retrieves that told what nobody had written, or what had been overwritten. */
  readonly wrong: number;
}

/** A moment of the run. */
interface Mark {
  readonly at: number;
  readonly asked: number;
  readonly answered: number;
}

/** So many operations at any time: each answer makes place for the next. What comes in the warm-up is not measured. */
export async function measure(ask: Ask, operations: Iterator<Operation, never>, load: Load): Promise<Figures> {
  const asked: Pick<Operation, 'kind' | 'key'>[] = [];
  const answered: Pick<Operation, 'kind' | 'key'>[] = [];
  const counts = { done: 0, NOT_FOUND: 0, ALREADY_EXISTS: 0 };
  let wrong = 0;
  const registers = new Registers();
  const answers = new EventEmitter<{ answer: [Mark] }>();
  const following = async (): Promise<Mark> => ((await once(answers, 'answer')) as [Mark])[0];
  let over = false;

  const next = (): void => {
    const operation = operations.next().value;
    const { kind, key } = operation;
    asked.push({ kind, key });
    const isRight = expectation(registers, operation);
    ask(operation, (answer) => {
      if (over) return;
      counts[answer.outcome] += 1;
      answered.push({ kind, key });
      if (!isRight(answer)) wrong += 1;
      answers.emit('answer', { at: performance.now(), asked: asked.length, answered: answered.length });
      next();
    });
  };
  for (let each = 0; each < load.inFlight; each++) next();
  await sleep(load.warmUpMs);
  // From an answer to an answer: where few come, what is left over of a second would count.
  const begin = await following();
  await sleep(load.ms);
  const end = await following();
  over = true;
  return {
    rpcsPerSecond: ((end.answered - begin.answered) * 1_000) / (end.at - begin.at),
    ceiling: ceiling({
      ...load,
      measured: answered.slice(begin.answered, end.answered),
      asked,
      from: begin.asked,
      to: end.asked,
    }),
    answered: answered.length,
    notFound: counts.NOT_FOUND,
    alreadyExists: counts.ALREADY_EXISTS,
    wrong,
  };
}

/** To be called when the operation begins; it gives what tells whether the answer can be true. */
function expectation(registers: Registers, { kind, key, value }: Operation): (answer: Answer) => boolean {
  if (kind === 'retrieve') {
    const reading = registers.read(key);
    return (answer) => reading.couldFind(answer.outcome === 'done' ? answer.value : undefined);
  }
  const writing = registers.write(key, kind === 'delete' ? undefined : value);
  return ({ outcome }) => {
    if (outcome === 'done') writing.done();
    else writing.refused();
    return true;
  };
}
