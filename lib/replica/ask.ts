import { Subscription } from 'rxjs';
import type { Observable } from 'rxjs';
import { onAbort } from '../internal.js';

export interface Answer<In> {
  readonly peer: string;
  readonly reply: In;
}

/** A peer that has not answered, and why, if that is known already. */
export interface Silence {
  readonly peer: string;
  readonly error?: unknown;
}

export interface Answers<In> {
  /** In the order in which they came. */
  readonly answers: readonly Answer<In>[];
  readonly silent: readonly Silence[];
}

/** Too few have answered, and no more will. */
export class QuorumError<In> extends Error implements Answers<In> {
  override readonly name: string = 'QuorumError';
  readonly answers: readonly Answer<In>[];
  readonly silent: readonly Silence[];

  constructor(quorum: number, { answers, silent }: Answers<In>) {
    const names = silent.map(({ peer }) => peer).join(', ');
    super(`${String(answers.length + 1)} of the ${String(quorum)} that are needed, with the asker; silent: ${names}`);
    this.answers = answers;
    this.silent = silent;
  }
}

/** Settles when enough have answered, or when no longer enough can; gives up the requests that are left. */
export function gather<In>(
  requests: ReadonlyMap<string, Observable<In>>,
  quorum: number,
  signal?: AbortSignal,
): Promise<Answers<In>> {
  return new Promise((resolve, reject) => {
    const asking = new Subscription();
    const answers: Answer<In>[] = [];
    const silent = new Map<string, Silence>([...requests.keys()].map((peer) => [peer, { peer }]));
    let open = requests.size;
    const end = (settle: (result: Answers<In>) => void): void => {
      if (asking.closed) return;
      asking.unsubscribe();
      settle({ answers, silent: [...silent.values()] });
    };
    const look = (): void => {
      if (answers.length + 1 >= quorum) end(resolve);
      else if (answers.length + open + 1 < quorum) {
        end((result) => {
          reject(new QuorumError(quorum, result));
        });
      }
    };
    if (signal) {
      const aborted = (): void => {
        end(() => {
          reject(signal.reason as Error);
        });
      };
      if (signal.aborted) aborted();
      else asking.add(onAbort(signal, aborted));
    }
    look();
    for (const [peer, request] of requests) {
      if (asking.closed) return;
      asking.add(
        request.subscribe({
          next: (reply) => {
            open -= 1;
            silent.delete(peer);
            answers.push({ peer, reply });
            look();
          },
          error: (error: unknown) => {
            open -= 1;
            silent.set(peer, { peer, error });
            look();
          },
        }),
      );
    }
  });
}
