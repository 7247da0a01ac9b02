import { View, parse } from 'vega';
import { compile } from 'vega-lite';
import type { TopLevelSpec } from 'vega-lite';

import { chartStyle, colours } from './chart-style.js';
import { contenders, modes } from './contender.js';
import type { Mode } from './contender.js';
import type { RunSummary } from './summary.js';

const panels: Readonly<Record<Mode, string>> = {
  sync: 'sync: one in flight',
  async: 'async: all at once',
  'in-order': 'in-order: one producer',
};

/** The article's figure as SVG: bars by mode and buffer size, with the lowest and the highest round as error bars. */
export function draw(runs: readonly RunSummary[], rounds: number): Promise<string> {
  const { spec } = compile(figure(runs, rounds));
  return new View(parse(spec), { renderer: 'none' }).toSVG();
}

function figure(runs: readonly RunSummary[], rounds: number): TopLevelSpec {
  const messages = (runs[0]?.messages ?? 0).toLocaleString('en-US');
  return {
    title: {
      text: 'Streaming remote throughput',
      subtitle: [
        `${messages} messages of up to 46 bytes, each answered by another process over loopback.`,
        `Median of ${rounds} interleaved rounds, with the lowest and the highest. Node ${process.versions.node}.`,
        'grpc-js alone has no send buffer to size: a line for its median, a band for its extremes.',
      ],
    },
    data: { values: runs.map(({ messagesPerSecond, ...run }) => ({ ...run, ...messagesPerSecond })) },
    transform: [{ calculate: `${JSON.stringify(panels)}[datum.mode]`, as: 'panel' }],
    facet: { column: { field: 'panel', sort: modes.map((mode) => panels[mode]), title: null } },
    spec: { width: 270, height: 300, layer: [bareBand, ourBars, ourErrorBars, bareLine] },
    config: chartStyle,
  };
}

type Layer = Extract<TopLevelSpec, { readonly layer: unknown }>['layer'][number];

const only = (contender: (typeof contenders)[number]) => [{ filter: { field: 'contender', equal: contender } }];

const perSecond = { type: 'quantitative', title: 'messages per second' } as const;

const legend = { orient: 'top', title: null, symbolType: 'square' } as const;
const range = contenders.map((contender) => colours[contender]);
const color = { field: 'contender', scale: { domain: [...contenders], range }, legend };

const bareBand: Layer = {
  transform: only('grpc-js'),
  mark: { type: 'rect', opacity: 0.18, color: colours['grpc-js'] },
  encoding: { y: { aggregate: 'min', field: 'min', ...perSecond }, y2: { aggregate: 'max', field: 'max' } },
};

const ourBars: Layer = {
  transform: only('rxduplex'),
  mark: { type: 'bar', cornerRadiusEnd: 2, width: { band: 0.7 } },
  encoding: {
    x: { field: 'bufferSize', type: 'ordinal', title: 'send buffer (messages)' },
    y: { field: 'median', ...perSecond },
    color,
  },
};

const ourErrorBars: Layer = {
  transform: only('rxduplex'),
  mark: { type: 'errorbar', rule: { aria: false }, ticks: { size: 8, aria: false } },
  encoding: {
    x: { field: 'bufferSize', type: 'ordinal' },
    y: { field: 'min', ...perSecond },
    y2: { field: 'max' },
  },
};

const bareLine: Layer = {
  transform: only('grpc-js'),
  mark: { type: 'rule', strokeWidth: 2 },
  encoding: { y: { aggregate: 'median', field: 'median', ...perSecond }, color },
};
