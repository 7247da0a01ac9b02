import { credentials } from '@grpc/grpc-js';
import { Remote, bidi, channelOptions, consume, oneof } from 'rxduplex';
import type { Closing, RemoteStats, Status } from 'rxduplex';
import { ObservatoryClient } from 'rxduplex/station';
import type { Reading } from 'rxduplex/station';
import { interval, map, merge, scan, startWith, withLatestFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import { setTimeout as sleep } from 'node:timers/promises';

const sensors = ['wind', 'rain', 'sun', 'frost'];
const readingMs = 5;
const surveyMs = 40;
const surveyors = 4;

/** What there is to see of a station. */
export interface View {
  readonly status: Status;
  readonly books: RemoteStats;
  readonly surveyed: number;
  readonly calibrated: number;
  readonly note: string;
  readonly held: boolean;
}

export interface Station {
  readonly status$: Observable<Status>;
  view(status: Status): View;
  /** Lays the work down, sends what is queued, and says goodbye. */
  close(): Promise<Closing>;
}

/** Reports readings, of each sensor the newest, and does what comes back: surveys as slowly as they take. */
export function station(address: string): Station {
  const client = new ObservatoryClient(address, credentials.createInsecure(), channelOptions());
  const remote = new Remote(bidi(client, 'watch'), {
    events: oneof('command'),
    outgoing: { maxMessages: 16, overflow: 'latest', key: ({ sensor }) => sensor },
  });

  let surveyed = 0;
  let calibrated = 0;
  let note = 'nothing yet';
  remote.on('note').subscribe(({ text }) => (note = text));
  const work = remote
    .on('survey')
    .pipe(consume(() => sleep(surveyMs), { concurrency: surveyors }))
    .subscribe(() => (surveyed += 1));

  const offsets$ = remote.on('calibrate').pipe(
    scan((offsets, { sensor, offset }) => {
      calibrated += 1;
      return offsets.set(sensor, (offsets.get(sensor) ?? 0) + offset);
    }, new Map<string, number>()),
    startWith(new Map<string, number>()),
  );
  const readings$ = merge(...sensors.map(drifting)).pipe(
    withLatestFrom(offsets$),
    map(([reading, offsets]): Reading => ({ ...reading, value: reading.value + (offsets.get(reading.sensor) ?? 0) })),
  );
  const reporting = new AbortController();
  const reported = remote.feed(readings$, reporting).catch(() => undefined);

  return {
    status$: remote.status$,
    view: (status) => ({ status, books: remote.stats(), surveyed, calibrated, note, held: remote.gate.held }),
    async close() {
      reporting.abort();
      await reported;
      work.unsubscribe();
      const closing = await remote.close();
      client.close();
      return closing;
    },
  };
}

const drifting = (sensor: string): Observable<{ sensor: string; value: number; at: number }> =>
  interval(readingMs).pipe(
    scan((value) => value + Math.random() - 0.45, 0),
    map((value) => ({ sensor, value, at: Date.now() })),
  );
