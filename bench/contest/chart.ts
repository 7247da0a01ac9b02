import { View, parse } from 'vega';
import { compile } from 'vega-lite';
import type { Config, TopLevelSpec } from 'vega-lite';

import { chartStyle, colours } from '../throughput/chart-style.js';
import type { Results } from './results.js';
import type { Subject } from './subject.js';

/** The first load as SVG: a bar for each contender, the best above, with its lowest and its highest launch. */
export function draw(subject: Subject, results: Results): Promise<string> {
  const { spec } = compile(figure(subject, results));
  return new View(parse(spec), { renderer: 'none' }).toSVG();
}

/** The bars lie, so that there is room for their names. */
const onItsSide: Config = { ...chartStyle, axisX: chartStyle.axisY ?? {}, axisY: chartStyle.axisX ?? {} };

function figure({ title, unit, loads }: Subject, { rows, machine, versions }: Results): TopLevelSpec {
  const launches = Math.max(...rows.map((row) => row.launches));
  const bestFirst = rows.toSorted((a, b) => b.perSecond.median - a.perSecond.median);
  const sort = bestFirst.map(({ contender }) => contender);
  const contender = { field: 'contender', type: 'nominal', sort } as const;
  return {
    title: {
      text: title,
      subtitle: [
        `Load: ${loads[0]}. Median of ${launches} interleaved launches, with the lowest and the highest.`,
        `${machine.cores} cores, ${machine.cpu}, Node ${versions['node'] ?? ''}, ${machine.date}.`,
      ],
    },
    data: { values: rows.map(({ contender, perSecond }) => ({ contender, ...perSecond })) },
    width: 560,
    height: { step: 30 },
    layer: [
      {
        mark: { type: 'bar', cornerRadiusEnd: 2, height: { band: 0.7 } },
        encoding: {
          y: { ...contender, title: null },
          x: { field: 'median', type: 'quantitative', title: unit },
          color: {
            condition: { test: "indexof(datum.contender, 'rxduplex') === 0", value: colours.rxduplex },
            value: colours['grpc-js'],
          },
        },
      },
      {
        mark: { type: 'errorbar', rule: { aria: false }, ticks: { size: 8, aria: false } },
        encoding: { y: contender, x: { field: 'min', type: 'quantitative', title: unit }, x2: { field: 'max' } },
      },
    ],
    config: onItsSide,
  };
}
