import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { draw } from '../../bench/throughput/chart.js';
import { contenders, modes } from '../../bench/throughput/contender.js';

const runs = modes.flatMap((mode) =>
  [512, 1024].flatMap((bufferSize) =>
    contenders.map((contender) => ({
      contender,
      mode,
      bufferSize,
      messages: 5000,
      messagesPerSecond: { median: 20_000, min: 15_000, max: 30_000 },
    })),
  ),
);

test('the chart is an SVG with a bar for each of our runs, and a line in each mode for grpc-js', async () => {
  const svg = await draw(runs, 5);
  assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.is(count(svg, 'aria-roledescription="bar"'), runs.length / 2);
  assert.is(count(svg, 'aria-roledescription="rule mark"'), modes.length);
});

test('the chart names the modes, the contenders, its axes and what was measured', async () => {
  const svg = await draw(runs, 5);
  const words = ['sync: ', 'async: ', 'in-order: ', 'messages per second', '1024', '5,000 messages', '5 interleaved'];
  for (const text of [...contenders, ...words, `Node ${process.versions.node}`]) {
    assert.match(svg, text);
  }
});

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

test.run();
