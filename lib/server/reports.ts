import { inspect } from 'node:util';
import { status } from '@grpc/grpc-js';
import { Subject } from 'rxjs';
import { RxDuplexError, codeOf, textOf } from '../errors.js';
import { statusIn } from '../status-error.js';
import { warnOnce } from '../warning.js';
import type { HeaderPart } from './call-headers.js';
import { Drained, Refusal, meantStatus } from './failure.js';

/** A call that has ended with a failure, for the owner's log; the client is told only its status. */
export interface HandlerFailure {
  /** The path of the method, as `/package.Service/Method`. */
  readonly method: string;
  /** The address of the client. */
  readonly peer: string;
  /** What the handler has thrown, or a `StatusError` if the library has ended the call in its stead. */
  readonly error: unknown;
}

/** Tells the owner of a server what has gone wrong in it. */
export class Reports {
  readonly failures$: Subject<HandlerFailure> = new Subject<HandlerFailure>();

  /** A failure that nobody listens for is warned of, unless the handler has meant the client to be told. */
  failed(failure: HandlerFailure): void {
    const { method, error } = failure;
    if (!this.failures$.observed && !isMeant(error)) {
      warn(method, error, 'has failed, and nobody is subscribed to failures$ of what serve returned');
    }
    this.failures$.next(failure);
  }

  /** The client is told nothing any more. A handler that fails because its call has ended does so as it should. */
  failedLate(method: string, error: unknown): void {
    if (!isMeant(error) && !isOfTheEnd(error)) warn(method, error, 'has failed after its call had ended');
  }

  /** Not all that a call was to send beside its messages can be sent. */
  leftOut(method: string, part: HeaderPart, what: string): void {
    const message =
      `${method} sends its ${part} without ${what}: each entry must be valid, and the initial metadata, the trailers ` +
      'and the text of the status must have less than 8 KiB and 100 values together, or no client receives them';
    warnOnce('RXDUPLEX_LEFT_OUT', message, `${method} ${part}`);
  }
}

/** A drain has told its owner all there is to tell. */
const isMeant = (error: unknown): boolean =>
  Refusal.is(error) ? error instanceof Drained : meantStatus(error) !== undefined;

/** Whether an error only says that work was given up, as it should be when the call ends. */
function isOfTheEnd(error: unknown): boolean {
  try {
    if (RxDuplexError.is(error)) return error.code === 'CANCELLED';
    return (error as Error | null | undefined)?.name === 'AbortError' || statusIn(error)?.code === status.CANCELLED;
  } catch {
    // To read the properties of a stranger may throw.
    return false;
  }
}

function warn(method: string, error: unknown, what: string): void {
  const { kind, text } = told(error);
  warnOnce('RXDUPLEX_HANDLER_FAILED', `the handler of ${method} ${what}: ${text}`, `${method} ${what} ${kind}`);
}

/** What a log needs of an error, in one line. */
function told(error: unknown): { readonly kind: string; readonly text: string } {
  try {
    const kind = `${error instanceof Error ? error.name : typeof error} ${String(codeOf(error))}`;
    if (Refusal.is(error)) {
      const because = error.cause === undefined ? '' : `, because of ${textOf(error.cause)}`;
      return { kind: `${kind} ${error.details}`, text: `${error.details}${because}` };
    }
    if (!(error instanceof Error)) return { kind, text: textOf(typeof error === 'string' ? error : inspect(error)) };
    const where = /^ *at .*$/m.exec(error.stack ?? '')?.[0].trim();
    return { kind, text: `${error.name}: ${textOf(error)}${where === undefined ? '' : `, ${where}`}` };
  } catch {
    // To read the properties of a stranger may throw.
    return { kind: 'unreadable', text: 'its error cannot be read' };
  }
}
