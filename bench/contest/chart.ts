import { View, parse } from 'vega';
import { compile } from 'vega-lite';
import type { Config, TopLevelSpec } from 'vega-lite';

import { chartStyle, colours } from '../throughput/chart-style.js';
import type { Measured, Outcome } from './outcome.js';

/** The drawn measures as SVG, one above the other: a bar for each contender, with its lowest and its highest launch. */
export function draw(outcome: Outcome): Promise<string> {
  const { spec } = compile(figure(outcome));
  return new View(parse(spec), { renderer: 'none' }).toSVG();
}

/** The bars lie, so that there is room for their names. */
const onItsSide: Config = { ...chartStyle, axisX: chartStyle.axisY ?? {}, axisY: chartStyle.axisX ?? {} };

function figure({ subject, measured, machine, versions }: Outcome): TopLevelSpec {
  const drawn = measured.filter(({ measure, rows }) => subject.drawn.includes(measure.name) && rows.length > 0);
  const launches = Math.max(...drawn.flatMap(({ rows }) => rows.map((row) => row.launches)));
  return {
    title: {
      text: subject.title,
      subtitle: [
        `Median of ${launches} interleaved launches, with the lowest and the highest.`,
        `${machine.cores} cores, ${machine.cpu}, Node ${versions['node'] ?? ''}, ${machine.date}.`,
      ],
    },
    vconcat: drawn.map(panel),
    config: onItsSide,
  };
}

type Panel = Extract<TopLevelSpec, { readonly vconcat: unknown }>['vconcat'][number];

function panel({ measure: { name, unit, best }, rows }: Measured): Panel {
  const sort = sorted(rows, best).map(({ contender }) => contender);
  const contender = { field: 'contender', type: 'nominal', sort } as const;
  const title = `${name}, ${unit.told}`;
  return {
    data: { values: rows.map(({ contender, figures }) => ({ contender, ...figures })) },
    width: 560,
    height: { step: 30 },
    layer: [
      {
        mark: { type: 'bar', cornerRadiusEnd: 2, height: { band: 0.7 } },
        encoding: {
          y: { ...contender, title: null },
          x: { field: 'median', type: 'quantitative', title },
          color: {
            condition: { test: "indexof(datum.contender, 'rxduplex') === 0", value: colours.rxduplex },
            value: colours['grpc-js'],
          },
        },
      },
      {
        mark: { type: 'errorbar', rule: { aria: false }, ticks: { size: 8, aria: false } },
        encoding: { y: contender, x: { field: 'min', type: 'quantitative', title }, x2: { field: 'max' } },
      },
    ],
  };
}

function sorted(rows: Measured['rows'], best: Measured['measure']['best']): Measured['rows'] {
  if (best === undefined) return rows;
  const ascending = rows.toSorted((a, b) => a.figures.median - b.figures.median);
  return best === 'lowest' ? ascending : ascending.reverse();
}
