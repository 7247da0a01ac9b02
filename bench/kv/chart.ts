import { View, parse } from 'vega';
import { compile } from 'vega-lite';
import type { TopLevelSpec } from 'vega-lite';

import { chartStyle } from '../throughput/chart-style.js';
import { concurrencies, ways } from './contender.js';
import type { Way } from './contender.js';
import type { Run } from './summary.js';

export interface Caption {
  readonly rounds: number;
  readonly valueBytes: number;
}

const nameOf = ({ contender, api }: Way): string => `${contender} ${api}`;
const names = ways.map(nameOf);
const colours = ['#546e7a', '#f48fb1', '#c2185b'];

/** What there is with most in flight, as SVG: a bar for each way in each concurrency, and the ceiling as a line. */
export function draw(runs: readonly Run[], caption: Caption): Promise<string> {
  const { spec } = compile(figure(runs, caption));
  return new View(parse(spec), { renderer: 'none' }).toSVG();
}

function figure(runs: readonly Run[], { rounds, valueBytes }: Caption): TopLevelSpec {
  const most = Math.max(...runs.map(({ inFlight }) => inFlight));
  const values = runs
    .filter(({ inFlight }) => inFlight === most)
    .map(({ rpcsPerSecond, ofCeiling, ...run }) => ({
      ...run,
      ...rpcsPerSecond,
      name: nameOf(run),
      ceiling: rpcsPerSecond.median / ofCeiling,
      label: Math.round(rpcsPerSecond.median).toLocaleString('en-US'),
    }));
  return {
    title: {
      text: 'A key-value service, and what a lock costs it',
      subtitle: [
        `${most} in flight; 10 ms a read and 50 ms a write; values of mean ${valueBytes.toLocaleString('en-US')} bytes, over loopback.`,
        `Median of ${rounds} interleaved rounds, with the lowest and the highest. Node ${process.versions.node}.`,
        'The line over each bar is what the simulated work allows.',
      ],
    },
    width: 620,
    height: 300,
    data: { values },
    encoding: {
      x: {
        field: 'concurrency',
        type: 'nominal',
        sort: [...concurrencies],
        title: null,
        axis: { labelFontSize: 13, labelFontWeight: 'bold' },
      },
      xOffset: { field: 'name', sort: names },
    },
    layer: [bars, ceilings, errorBars, labels],
    config: chartStyle,
  };
}

type Layer = Extract<TopLevelSpec, { readonly layer: unknown }>['layer'][number];

const perSecond = { type: 'quantitative', title: 'RPCs per second' } as const;

const bars: Layer = {
  mark: { type: 'bar', cornerRadiusEnd: 2, width: { band: 0.8 } },
  encoding: {
    y: { field: 'median', ...perSecond },
    color: {
      field: 'name',
      scale: { domain: names, range: colours },
      legend: { orient: 'top', title: null, symbolType: 'square', labelLimit: 300 },
    },
  },
};

const ceilings: Layer = {
  mark: { type: 'tick', thickness: 2, color: '#263238', width: { band: 0.95 } },
  encoding: { y: { field: 'ceiling', ...perSecond } },
};

const errorBars: Layer = {
  mark: { type: 'errorbar', rule: { aria: false }, ticks: { size: 8, aria: false } },
  encoding: { y: { field: 'min', ...perSecond }, y2: { field: 'max' } },
};

/** Of the median, over the highest, where no mark is in the way of it. */
const labels: Layer = {
  mark: { type: 'text', dy: -9, color: '#263238', fontSize: 11, baseline: 'middle' },
  encoding: { y: { field: 'max', ...perSecond }, text: { field: 'label' } },
};
