import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { plan } from '../../bench/throughput/plan.js';
import type { Planned } from '../../bench/throughput/plan.js';

const buffers = [8, 16, 32, 64];
const modes = ['sync', 'async'] as const;
const runs = [...plan({ rounds: 4, buffers, modes })];
const rounds = [1, 2, 3, 4].map((round) => runs.filter((run) => run.round === round));

test('every round makes every run of ours once, and grpc-js, which has no buffer, once a mode', () => {
  const wanted = modes.flatMap((mode) => [
    ...buffers.map((bufferSize) => `rxduplex ${mode} ${bufferSize}`),
    `grpc-js ${mode} undefined`,
  ]);
  for (const round of rounds) assert.equal(round.map(named).sort(), wanted.sort());
});

test('before the first round each contender is warmed up in each mode', () => {
  const warmUp = runs.slice(
    0,
    runs.findIndex(({ round }) => round === 1),
  );
  assert.ok(warmUp.every(({ round }) => round === 0));
  assert.is(new Set(warmUp.map(({ contender, mode }) => contender + mode)).size, 4);
});

test('grpc-js has another place among ours in every round', () => {
  for (const mode of modes) {
    const places = rounds.map((round) =>
      round.filter((run) => run.mode === mode).findIndex(({ contender }) => contender === 'grpc-js'),
    );
    assert.is(new Set(places).size, places.length);
  }
});

test('no round begins as the one before', () => {
  const beginnings = rounds.map(([first]) => first && named(first));
  for (const [index, beginning] of beginnings.entries()) assert.is.not(beginning, beginnings[index + 1]);
});

function named({ contender, mode, bufferSize }: Planned): string {
  return `${contender} ${mode} ${String(bufferSize)}`;
}

test.run();
