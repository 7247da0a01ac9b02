import { badOption, callable, count, oneOf } from '../options.js';

/** How a reply finds its request. */
export type Requests<Out, In> =
  | {
      /** By an id that `set` puts into the request and `get` finds in the reply. Replies may come in any order. */
      readonly mode: 'by-id';
      /** Gives the message with the id in it; ids are decimal numbers, counted from 1, as strings. */
      readonly set: (message: Out, id: string) => Out;
      /** The id in a reply, or `undefined` for a message that is none. */
      readonly get: (reply: In) => string | undefined;
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
      /** How many requests may be pending, unsent ones included. Default 1024. */
      readonly maxPending?: number;
    };

export interface RequestOptions {
  /** The reply is waited for so long, from the subscription on. Default 30,000 ms: about what people wait. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export function checkRequests<Out, In>(options: Requests<Out, In>): void {
  if (typeof options !== 'object') throw badOption('requests', 'an object with a mode', options);
  oneOf('requests.mode', options.mode, ['by-id', 'in-order', 'lock-step']);
  count('requests.maxPending', options.maxPending ?? 1024);
  if (options.mode === 'by-id') {
    callable('requests.set', options.set);
    callable('requests.get', options.get);
  } else if (options.isReply) callable('requests.isReply', options.isReply);
}
