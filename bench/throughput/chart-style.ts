import type { Config } from 'vega-lite';

import type { ContenderName } from './contender.js';

export const colours: Readonly<Record<ContenderName, string>> = { rxduplex: '#c2185b', 'grpc-js': '#546e7a' };

const ink = '#263238';
const faint = '#78909c';

/** Legible on a page of any colour: a white ground of its own, and fonts that every viewer has. */
export const chartStyle: Config = {
  background: 'white',
  padding: 20,
  font: 'Helvetica, Arial, sans-serif',
  view: { stroke: null },
  title: {
    anchor: 'start',
    color: ink,
    fontSize: 20,
    offset: 12,
    subtitleColor: faint,
    subtitleFontSize: 12.5,
    subtitleLineHeight: 17,
    subtitlePadding: 8,
  },
  axis: { labelColor: ink, labelFontSize: 11, titleColor: ink, titleFontSize: 12, titleFontWeight: 'normal' },
  axisX: { domainColor: faint, labelAngle: 0, labelPadding: 6, ticks: false, titlePadding: 10 },
  axisY: { domain: false, tickCount: 6, format: ',d', gridColor: '#eceff1', ticks: false, titlePadding: 12 },
  header: { labelColor: ink, labelFontSize: 14, labelFontWeight: 'bold' },
  legend: { labelColor: ink, labelFontSize: 13, offset: 16 },
  errorbar: { rule: { color: ink }, ticks: { color: ink } },
};
