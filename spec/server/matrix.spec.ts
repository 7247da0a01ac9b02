// time limit: 900 s
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { getsMany, kinds, sendsMany } from '../support/kinds.js';
import { cutCalls, fastCalls, slowCalls } from '../support/matrix/calls.js';
import type { Made } from '../support/matrix/calls.js';
import { failures } from '../support/matrix/failures.js';
import { Killed } from '../support/matrix/killed.js';
import { boundsNames, mayLookComplete, readsAll, shapes } from '../support/matrix/plan.js';
import type { BoundsName, Client, Outcome, Shape } from '../support/matrix/plan.js';
import { Handling } from '../support/matrix/server.js';
import type { PartReport, Ports } from '../support/matrix/server.js';
import { nothing } from '../support/matrix/tally.js';
import type { Count } from '../support/matrix/tally.js';
import { within } from '../support/matrix/within.js';
import { balanced } from '../support/told.js';

const fastTimes = 2;

/** The calls of both parts of a server. */
type Calls = Readonly<Record<BoundsName, readonly Made[]>>;

const callsOn = (ports: Ports, calls: (port: number) => Made[]): Calls =>
  Object.fromEntries(boundsNames.map((name) => [name, calls(ports[name])])) as Record<BoundsName, Made[]>;

const all = (calls: Calls): Made[] => boundsNames.flatMap((name) => calls[name]);

async function begun(calls: Calls): Promise<void> {
  for (const { name, begun } of all(calls)) await within(`the first of ${name}`, begun);
}

/** It has more answers to come than a client that stands still lets in. */
const isHalfRead = ({ asked, expected }: Made): boolean => getsMany(asked.kind) && expected.ids.length > 1;

/** Each was given all that it has to be given, once, and the status. */
async function given(calls: Calls): Promise<void> {
  for (const { name, expected, ended, ids } of all(calls)) {
    const { code, details } = await within(`the end of ${name}`, ended);
    assert.equal([code, details], [expected.code, expected.details], name);
    assert.equal(expected.ordered ? ids() : ids().sort((a, b) => a - b), expected.ids, name);
  }
}

const count = <T>(all: readonly T[], isOne: (each: T) => boolean): number => all.filter(isOne).length;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

function countsOf({ counts }: PartReport): Count {
  const total = nothing();
  for (const each of Object.values(counts))
    for (const key of Object.keys(total) as (keyof Count)[]) total[key] += each[key];
  return total;
}

/** No call is open, and whatever handlers have begun has come to its end. */
const isSettled = (part: PartReport): boolean => {
  const { opened, left } = countsOf(part);
  return part.stats.open === 0 && opened === left;
};

/** What the server says of its calls is what has to come of those that were made; of some, one thing or another. */
function assertOutcomes({ stats }: PartReport, outcomes: readonly Outcome[], what: string, uncertain = 0): void {
  const { open, completed, failed, cancelled } = stats;
  const made = (outcome: Outcome): number => count(outcomes, (each) => each === outcome);
  const seeming = completed - made('completed');
  assert.ok(seeming >= 0 && seeming <= uncertain, `${what}: ${seeming} calls too many have completed`);
  assert.equal([open, failed, cancelled], [0, made('failed'), made('cancelled') - seeming], what);
}

function assertBalanced({ stats: { inbound, outbound } }: PartReport, what: string): void {
  const { bytes, ...messages } = outbound;
  assert.ok(balanced(messages) && balanced(bytes), `${what}: ${JSON.stringify(outbound)}`);
  assert.equal([messages.waiting, messages.queued, messages.inFlight], [0, 0, 0], what);
  assert.is(inbound.received, inbound.routed + inbound.unrouted, what);
  assert.is(inbound.invalid, 0, what);
}

/** As many calls of each kind were begun as clients have made. */
function assertBegun({ counts }: PartReport, client: Client, calls: readonly Made[], what: string): void {
  for (const kind of kinds) {
    const made = count(calls, ({ asked }) => asked.kind === kind);
    assert.is(counts[`${kind} ${client}`].begun, made, `${what}, ${kind} ${client}`);
  }
}

/** Server and handlers have counted what the clients have: no request is missing, no answer, and none was made in vain. */
function assertExact(shape: Shape, part: PartReport, calls: readonly Made[], what: string): void {
  const { outbound, inbound } = part.stats;
  const { taken, given, aborted } = countsOf(part);
  const read = sum(calls.map(({ ids }) => ids().length));
  assert.equal([outbound.offered, outbound.accepted, outbound.sent, given, aborted], [read, read, read, read, 0], what);
  const written = sum(calls.map(({ sent }) => sent));
  const streamed = sum(calls.filter(({ asked }) => sendsMany(asked.kind)).map(({ sent }) => sent));
  if (readsAll(shape)) assert.equal([inbound.routed, inbound.unrouted, taken], [written, 0, streamed], what);
  else assert.ok(inbound.received <= written, what);
}

/** A failure that comes when nobody can be told of it any more is warned of, once for each method and kind of error. */
const lateFailures = kinds.length * count(Object.values(failures), ({ told }) => told === undefined);

for (const shape of shapes) {
  test(`a handler of each kind, ${shape}: clients that are fast, slow, cancel or are killed, and each count is exact`, async () => {
    const starting = [Handling.start(shape), Killed.start(shape)] as const;
    await using server = await starting[0];
    await using killed = await starting[1];
    const { ports } = server;

    const slow = callsOn(ports, (port) => slowCalls(shape, port));
    await begun(slow);
    const still = await server.stoodStill();
    for (const name of boundsNames) {
      const { open, cancelled } = still.parts[name].stats;
      assert.ok(open >= count(slow[name], isHalfRead), `${name}: a call was ended because its client is slow`);
      assert.is(cancelled, 0, name);
      assert.not(slow[name].some((call) => isHalfRead(call) && call.over()));
    }
    const fast = callsOn(ports, (port) => fastCalls(shape, port, fastTimes));
    await given(fast);
    for (const { read } of all(slow)) read();
    await given(slow);

    const read = await server.reportWhere('the ends of all calls that were read', isSettled);
    for (const name of boundsNames) {
      const calls = [...slow[name], ...fast[name]];
      const part = read.parts[name];
      assertOutcomes(
        part,
        calls.map(({ expected }) => expected.outcome.read),
        name,
      );
      assertBalanced(part, name);
      assertBegun(part, 'slow', slow[name], name);
      assertBegun(part, 'fast', fast[name], name);
      assertExact(shape, part, calls, name);
    }

    const cancelling = callsOn(ports, (port) => cutCalls(shape, port, 'cancelling'));
    await Promise.all([begun(cancelling), killed.call(ports)]);
    for (const { cancel } of all(cancelling)) cancel();
    await killed.kill();
    const cut = await server.reportWhere('the ends of all calls that were cut off', isSettled);
    for (const name of boundsNames) {
      const [part, before] = [cut.parts[name], read.parts[name]];
      const outcomes = cancelling[name].map(({ expected }) => expected.outcome.cut);
      assertOutcomes(
        part,
        [...slow[name], ...fast[name]].map(({ expected }) => expected.outcome.read).concat(outcomes, outcomes),
        name,
        count(cancelling[name], mayLookComplete),
      );
      assertBalanced(part, name);
      assertBegun(part, 'cancelling', cancelling[name], name);
      assertBegun(part, 'killed', cancelling[name], name);
      assert.is(countsOf(part).aborted, part.stats.cancelled, `${name}: each handler whose call was cut off is told`);
      assert.is(part.failures, part.stats.failed, `${name}: failures$ tells of each call that has failed`);
      assert.is(before.failures, before.stats.failed, name);
    }
    assert.is(cut.warnings.length, shape === 'one that throws' ? lateFailures : 0, cut.warnings.join('\n'));

    // It serves on, and ends when it is told to and not before, as nothing is left in it.
    const afterwards = callsOn(ports, (port) => fastCalls(shape, port, 1));
    await given(afterwards);
    for (const { stop } of [slow, fast, cancelling, afterwards].flatMap(all)) stop();
    assert.is(await server.end(), 0);
    assert.is(server.errors, '');
  });
}

test.run();
