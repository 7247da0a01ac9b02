import { credentials, status } from '@grpc/grpc-js';
import { channelOptions } from 'rxduplex';
import { CompactedError, KeyValueClient, KvClient } from 'rxduplex/kv';
import type { KvEntry, KvOutcome } from 'rxduplex/kv';
import { concatMap, from, fromEvent, lastValueFrom, map, merge, take, takeUntil } from 'rxjs';
import type { Observable } from 'rxjs';

import type { Notation } from './bytes.js';
import type { Asking, Question } from './commands.js';

/** The exit codes, but for that of bad usage. */
export const exits = { done: 0, refused: 1, unknown: 3 } as const;
export type Exit = (typeof exits)[keyof typeof exits];

/** What is to be printed, and how it ends. */
interface Answer {
  readonly line?: string;
  readonly complaint?: string;
  readonly exit: Exit;
}

/** Asks a server, prints what it answers, and gives the exit code. */
export async function ask({ address, timeoutMs, notation, question }: Asking): Promise<Exit> {
  const client = new KeyValueClient(address, credentials.createInsecure(), channelOptions());
  const kv = new KvClient(client, { timeoutMs, attemptTimeoutMs: timeoutMs, maxAttempts: 3 });
  let exit: Exit = exits.done;
  const print = ({ line, complaint, exit: told }: Answer): void => {
    exit = told;
    if (line !== undefined) console.log(line);
    if (complaint !== undefined) console.error(complaint);
  };
  try {
    const interrupted$ = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM'));
    await lastValueFrom(answersTo(question, kv, notation).pipe(map(print), takeUntil(interrupted$)), {
      defaultValue: undefined,
    });
  } catch (error) {
    print(failed(error));
  }
  await kv.close();
  client.close();
  return exit;
}

function answersTo(question: Question, kv: KvClient, { write }: Notation): Observable<Answer> {
  switch (question.ask) {
    case 'get':
      return kv
        .get(question.key)
        .pipe(map(({ entry }) => (entry ? done(write(entry.value)) : { complaint: 'not found', exit: exits.refused })));
    case 'put':
      return kv.put(question.key, question.value, expecting(question.version)).pipe(map(written));
    case 'del':
      return kv.delete(question.key, expecting(question.version)).pipe(map(written));
    case 'range': {
      const { start, end, limit } = question;
      return kv.range({ start, end }, limit < Infinity ? { pageSize: Math.min(limit, 1_000) } : {}).pipe(
        upTo(limit),
        map(({ key, version, value }) => done([write(key), version, write(value)].join('\t'))),
      );
    }
    case 'watch': {
      const { start, end, limit, from: first } = question;
      return kv.watch({ start, end }, first === undefined ? {} : { from: first }).pipe(
        concatMap(({ revision, changes }) =>
          from(
            changes.map(({ key, entry }) =>
              [revision, ...(entry ? ['put', write(key), write(entry.value)] : ['del', write(key)])].join('\t'),
            ),
          ),
        ),
        upTo(limit),
        map(done),
      );
    }
  }
}

const upTo = <T>(limit: number) => (limit === Infinity ? map((value: T) => value) : take<T>(limit));

const done = (line: string): Answer => ({ line, exit: exits.done });

const expecting = (version?: number) =>
  version === undefined ? {} : { expected: version === 0 ? { exists: false } : { version } };

function written(outcome: KvOutcome<KvEntry | undefined>): Answer {
  switch (outcome.outcome) {
    case 'done':
      return done(String(outcome.revision));
    case 'refused': {
      const version = String(outcome.current?.version ?? 0);
      return { line: version, complaint: `refused: the version is ${version}`, exit: exits.refused };
    }
    case 'unknown':
      return { complaint: `unknown: it may have been done, or not: ${messageOf(outcome.error)}`, exit: exits.unknown };
  }
}

/** Statuses that say that nothing was done, and why. */
const refusals: readonly unknown[] = [
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.OUT_OF_RANGE,
  status.FAILED_PRECONDITION,
  status.RESOURCE_EXHAUSTED,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
];

function failed(error: unknown): Answer {
  const code = (error as { readonly code?: unknown } | null)?.code;
  const refused = error instanceof CompactedError || refusals.includes(code);
  return { complaint: messageOf(error), exit: refused ? exits.refused : exits.unknown };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
