import { setTimeout as sleep } from 'node:timers/promises';

import type { ReplicaSettings } from '../flags.js';
import { auditInheritance, auditLink, brokenOf } from './audit.js';
import type { Account } from './news.js';
import type { LinkOutcome, Outcome } from './outcome.js';
import { nothing, readings } from './reading.js';
import type { Reading } from './reading.js';
import { Troop } from './troop.js';
import type { Run } from './run.js';

/** Three replicas in processes of their own that talk all the time, of which one is killed and started again. */
export async function replicas(
  { kills, seconds }: Omit<ReplicaSettings, 'json'>,
  say: (line: string) => void,
): Promise<Outcome> {
  await using troop = new Troop(['a', 'b', 'c'], say);
  await troop.start();
  const messagesPerSecond = await rate(troop, seconds);
  for (let count = 1; count <= kills; count += 1) {
    // Wherever the others are in what they do.
    await sleep(50 * Math.random());
    const victim = troop.any();
    say(`kill ${count} of ${kills}: ${victim.name}, process ${victim.pid}`);
    await troop.killAndRestart(victim);
  }
  await troop.hush();
  return { messagesPerSecond, kills, questions: troop.questions, ...outcomeOf(troop) };
}

/** What all of them have written down in a second. */
async function rate(troop: Troop, seconds: number): Promise<number> {
  const [countBefore, begin] = [troop.read, performance.now()];
  await sleep(seconds * 1000);
  return Math.round(((troop.read - countBefore) * 1000) / (performance.now() - begin));
}

function outcomeOf({ runs, questions }: Troop): Pick<Outcome, 'links' | 'queued' | 'broken'> {
  const read = new Map(runs.map((run) => [run, readings(run.records)]));
  /** What each run of the receiver has had of one run of the sender. */
  const reads = (from: Run, to: string): Reading[] =>
    runs.filter(({ name }) => name === to).map((run) => read.get(run)?.get(from.number) ?? nothing);

  const broken = questions.failures.map((failure) => `a question with an open link was not answered: ${failure}`);
  let queued = 0;
  const links: LinkOutcome[] = [];
  for (const from of runs) {
    for (const left of from.left) {
      queued += Math.max(0, left.to - left.from + 1);
      const claims = auditInheritance({ left, reads: reads(from, left.peer) });
      broken.push(...brokenOf(`${from.name} → ${left.peer}`, claims));
    }
    for (const account of from.account?.links ?? []) {
      const to = account.peer;
      const left = from.left.filter(({ peer }) => peer === to);
      const complaints = brokenOf(`${from.name} → ${to}`, auditLink({ account, left, reads: reads(from, to) }));
      broken.push(...complaints);
      links.push({ from: from.name, to, ...inShort(account), balanced: complaints.length === 0 });
    }
  }
  links.sort((a, b) => `${a.from}${a.to}`.localeCompare(`${b.from}${b.to}`));
  return { links, queued, broken };
}

const inShort = ({ books, connections }: Account): Pick<LinkOutcome, 'books' | 'reconnects'> => ({
  books,
  reconnects: connections - 1,
});
