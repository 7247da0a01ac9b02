import { test } from 'uvu';
import * as assert from 'uvu/assert';

import type { ContenderName, Mode } from '../../bench/throughput/contender.js';
import type { Measurement } from '../../bench/throughput/experiment.js';
import { report } from '../../bench/throughput/report.js';
import { summarise } from '../../bench/throughput/summary.js';
import type { RunSummary } from '../../bench/throughput/summary.js';

test('the rounds of a run become its median and its extremes', () => {
  const { runs } = summarise(
    [30.4, 10, 20].map((rate) => made('rxduplex', 'sync', 512, rate)),
    [512],
  );
  assert.equal(runs, [
    {
      contender: 'rxduplex',
      mode: 'sync',
      bufferSize: 512,
      messages: 100,
      messagesPerSecond: { median: 20, min: 10, max: 30 },
    },
  ]);
});

test('runs are kept apart by mode and buffer size, and listed by them', () => {
  const { runs } = summarise(
    [made('rxduplex', 'in-order', 512, 1), made('rxduplex', 'sync', 2048, 2), made('rxduplex', 'sync', 512, 3)],
    [512, 2048],
  );
  assert.equal(runs.map(listed), ['sync rxduplex 512: 3', 'sync rxduplex 2048: 2', 'in-order rxduplex 512: 1']);
});

test('a contender without a buffer is listed beside every size', () => {
  const bare = (rate: number): Measurement => made('grpc-js', 'async', undefined, rate);
  const { runs } = summarise([bare(1), bare(3), bare(2), made('rxduplex', 'async', 16, 9)], [8, 16]);
  assert.equal(runs.map(listed), ['async grpc-js 8: 2', 'async rxduplex 16: 9', 'async grpc-js 16: 2']);
});

test('async ÷ sync is that of our own medians', () => {
  const { asyncOverSync } = summarise(
    [
      made('rxduplex', 'sync', 512, 10),
      made('rxduplex', 'async', 512, 70),
      made('rxduplex', 'async', 1024, 80),
      made('grpc-js', 'async', undefined, 1),
    ],
    [512, 1024],
  );
  assert.is(asyncOverSync, 7.5);
});

test('without one of the two modes there is no ratio', () => {
  assert.is(summarise([made('rxduplex', 'async', 512, 70)], [512]).asyncOverSync, null);
});

test('only our own replies in order are checked for their order', () => {
  const { inOrder } = summarise(
    [
      { ...made('rxduplex', 'in-order', 512, 1), misplaced: 2 },
      { ...made('rxduplex', 'in-order', 1024, 1), misplaced: 1 },
      made('rxduplex', 'sync', 512, 1),
      made('grpc-js', 'in-order', undefined, 1),
    ],
    [512, 1024],
  );
  assert.equal(inOrder, { checked: 200, outOfOrder: 3 });
});

test('the report shows each of our runs beside grpc-js, with their ratio', () => {
  const measurements = [made('rxduplex', 'async', 512, 15_000), made('grpc-js', 'async', undefined, 10_000)];
  const text = report(summarise(measurements, [512]));
  assert.match(text, /^async +rxduplex +512 +15,000 +15,000 +15,000 +1\.50$/m);
  assert.match(text, /^async +grpc-js +10,000 +10,000 +10,000$/m);
  assert.not.match(text, 'async ÷ sync');
});

function listed({ mode, contender, bufferSize, messagesPerSecond }: RunSummary): string {
  return `${mode} ${contender} ${bufferSize}: ${messagesPerSecond.median}`;
}

function made(contender: ContenderName, mode: Mode, size: number | undefined, messagesPerSecond: number): Measurement {
  const sized = size === undefined ? {} : { bufferSize: size };
  return { round: 1, contender, mode, ...sized, messages: 100, messagesPerSecond, misplaced: 0 };
}

test.run();
