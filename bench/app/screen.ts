import { clearScreenDown, moveCursor } from 'node:readline';

import type { Outbound, RemoteStats, Status } from 'rxduplex';

import { grouped } from '../table.js';
import type { View } from './station.js';

const accounts = [
  'offered',
  'rejected',
  'accepted',
  'queued',
  'inFlight',
  'sent',
  'dropped',
  'lost',
  'undelivered',
] as const satisfies readonly (keyof Outbound)[];

/** Shows one view after the other: in place on a terminal, a line each elsewhere. */
export function screen(out: NodeJS.WriteStream): (view: View) => void {
  let shown = 0;
  return (view) => {
    if (!out.isTTY) {
      out.write(`${lines(view).join(' | ')}\n`);
      return;
    }
    if (shown > 0) {
      moveCursor(out, 0, -shown);
      clearScreenDown(out);
    }
    const text = lines(view);
    shown = text.length;
    out.write(`${text.join('\n')}\n`);
  };
}

function lines({ status, books, surveyed, calibrated, note, held }: View): string[] {
  return [
    `status    ${statusLine(status)}`,
    `readings  ${outboundLine(books)}`,
    `commands  received ${grouped(books.inbound.received)}, calibrated ${grouped(calibrated)}, note: ${note}`,
    `surveys   done ${grouped(surveyed)}, the observatory ${held ? 'waits for us' : 'may send'}`,
  ];
}

function statusLine(status: Status): string {
  if (status.state === 'open') return `open, connection ${status.connection} to ${status.peer}`;
  if (status.state === 'reconnecting') return `attempt ${status.attempt} in ${Math.round(status.delayMs)} ms`;
  return status.state;
}

/** Of each account what is in it, and nothing of those that are empty. */
export function outboundLine({ outbound }: Pick<RemoteStats, 'outbound'>): string {
  return accounts
    .filter((account) => outbound[account] > 0)
    .map((account) => `${account} ${grouped(outbound[account])}`)
    .join(', ');
}
