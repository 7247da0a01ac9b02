import { checkNames } from '../names.js';
import type { Names } from '../names.js';
import { badOption, callable, count, oneOf } from '../options.js';

/** How a reply finds its request. */
export type Requests<Out, In> =
  | {
      /** By an id that `set` puts into the request and `get` finds in the reply. Replies may come in any order. */
      readonly mode: 'by-id';
      /** Gives the message with the id in it; ids are decimal numbers, counted from 1, as strings. */
      readonly set: (message: Out, id: string) => Out;
      /** The id in a reply, or `undefined` for a message that is none. A number is taken as its decimal digits. */
      readonly get: (reply: In) => string | number | bigint | undefined;
      /** How many requests may be pending, unsent ones included. Default 1024. */
      readonly maxPending?: number;
    }
  | {
      /**
       * - `in-order`: the peer answers requests in the order in which it got them.
       * - `lock-step`: the same, and a request is sent only after the reply to the one before.
       */
      readonly mode: 'in-order' | 'lock-step';
      /** Which messages are replies. Default: all. */
      readonly isReply?: (message: In) => boolean;
      /**
       * Whether a request that was sent and has no reply in time restarts the call, as `Remote.reconnect` does. Default
       * true: replies are told apart by their order alone, so that after one that is missing all others would go to the
       * wrong requests, or, in lock-step, no further request would be sent. False leaves that to the peer.
       */
      readonly restartOnTimeout?: boolean;
      /** How many requests may be pending, unsent ones included. Default 1024. */
      readonly maxPending?: number;
    };

export interface RequestOptions {
  /** The reply is waited for so long, from the subscription on. Default 30,000 ms: about what people wait. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

type Mode<M extends string> = Extract<Requests<unknown, unknown>, { readonly mode: M }>;

const byIdNames: Names<Mode<'by-id'>> = { mode: true, set: true, get: true, maxPending: true };
const inOrderNames: Names<Extract<Requests<unknown, unknown>, { readonly isReply?: unknown }>> = {
  mode: true,
  isReply: true,
  restartOnTimeout: true,
  maxPending: true,
};

export function checkRequests<Out, In>(options: Requests<Out, In>): void {
  if (typeof options !== 'object' || (options as unknown) === null)
    throw badOption('requests', 'an object with a mode', options);
  oneOf('requests.mode', options.mode, ['by-id', 'in-order', 'lock-step']);
  checkNames(`requests of mode ${options.mode}`, options, options.mode === 'by-id' ? byIdNames : inOrderNames);
  count('requests.maxPending', options.maxPending ?? 1024);
  if (options.mode === 'by-id') {
    callable('requests.set', options.set);
    callable('requests.get', options.get);
    return;
  }
  if (options.isReply) callable('requests.isReply', options.isReply);
  const { restartOnTimeout = true } = options;
  if (typeof restartOnTimeout !== 'boolean')
    throw badOption('requests.restartOnTimeout', 'true or false', restartOnTimeout);
}
