import { setTimeout as sleep } from 'node:timers/promises';

import { Server, status } from '@grpc/grpc-js';
import type { sendUnaryData } from '@grpc/grpc-js';
import type { Service } from 'rxduplex';
import { KeyValueServiceService } from 'rxduplex/kv';

import { listen } from '../listen.js';
import type { Concurrency } from './contender.js';
import { work } from './simulated-work.js';

/** The article's service as the documentation of grpc-js would have it written, on a Map. */
export function serveBare(concurrency: Concurrency): Promise<number> {
  const store = new Map<string, Buffer>();
  const inTurn = turns(concurrency);
  const handlers: HandlersOf<typeof KeyValueServiceService> = {
    Create({ request }, answer) {
      const key = request.key.toString('latin1');
      inTurn(key, work.writeMs, () => {
        if (store.has(key)) refuse(answer, status.ALREADY_EXISTS);
        else {
          store.set(key, request.value);
          answer(null, {});
        }
      });
    },
    Retrieve({ request }, answer) {
      const key = request.key.toString('latin1');
      inTurn(key, work.readMs, () => {
        const value = store.get(key);
        if (value) answer(null, { value });
        else refuse(answer, status.NOT_FOUND);
      });
    },
    Update({ request }, answer) {
      const key = request.key.toString('latin1');
      inTurn(key, work.writeMs, () => {
        if (store.has(key)) {
          store.set(key, request.value);
          answer(null, {});
        } else refuse(answer, status.NOT_FOUND);
      });
    },
    Delete({ request }, answer) {
      const key = request.key.toString('latin1');
      inTurn(key, work.writeMs, () => {
        store.delete(key);
        answer(null, {});
      });
    },
  };
  const server = new Server();
  server.addService(KeyValueServiceService, { ...handlers });
  return listen(server);
}

type HandlersOf<S> = S extends Service<infer H> ? H : never;

function refuse(answer: sendUnaryData<never>, code: status): void {
  answer({ code, details: '' });
}

type InTurn = (key: string, ms: number, act: () => void) => void;

/** Acts after so long; but after those before it, if they are to be done one after the other. */
function turns(concurrency: Concurrency): InTurn {
  if (concurrency === 'free') return (_, ms, act) => void setTimeout(act, ms);
  const lanes = new Map<string, Promise<void>>();
  return (key, ms, act) => {
    const lane = concurrency === 'global' ? '' : key;
    const done = (lanes.get(lane) ?? Promise.resolve()).then(() => sleep(ms)).then(act);
    lanes.set(lane, done);
    void done.then(() => {
      if (lanes.get(lane) === done) lanes.delete(lane);
    });
  };
}
