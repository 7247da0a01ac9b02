import {
  NEVER,
  combineLatest,
  fromEvent,
  interval,
  lastValueFrom,
  map,
  merge,
  startWith,
  takeUntil,
  tap,
  timer,
} from 'rxjs';

import { start } from '../child.js';
import { outboundLine, screen } from './screen.js';
import { station } from './station.js';

/** A station and an observatory, until Ctrl-C or for so many seconds. Shows the books as they change, and the last ones. */
export async function app(seconds: number): Promise<void> {
  await using observatory = await start<{ readonly port: number }>('observatory', import.meta.url);
  const here = station(`127.0.0.1:${observatory.greeting.port}`);
  const show = screen(process.stdout);
  const late$ = seconds === Infinity ? NEVER : timer(seconds * 1000);
  const stop$ = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM'), late$);
  const views$ = combineLatest([here.status$, interval(process.stdout.isTTY ? 250 : 1000).pipe(startWith(0))]).pipe(
    map(([status]) => here.view(status)),
  );
  await lastValueFrom(views$.pipe(tap(show), takeUntil(stop$)));

  const { confirmed } = await here.close();
  const { books } = here.view({ state: 'closed', reason: 'closed' });
  console.log(`\nThe last books: ${outboundLine(books)}.`);
  console.log(confirmed ? 'The observatory has had all that was sent.' : 'The observatory did not answer the goodbye.');
}
