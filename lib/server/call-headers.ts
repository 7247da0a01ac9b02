import { Metadata, status } from '@grpc/grpc-js';
import { agreements } from '../metadata.js';
import { addAll } from '../status-error.js';
import { batchedHeader } from '../wire/batch.js';
import type { Context } from './context.js';
import { Refusal, statusOf } from './failure.js';
import type { Status } from './failure.js';

/**
 * How large the initial metadata, the trailers and the text of the status of one call may be together, as HTTP/2 counts
 * them. A client with grpc-js is not told of headers above 64 KB at all, and waits for ever; those of the C core take 8 to
 * 16 KB. Of these 8 KiB 512 bytes are for what grpc-js and HTTP/2 add.
 */
const maxBytes = 8192 - 512;

/** How many values they may have together. A client in Node resets a stream that has 128, and may die of it. */
const maxValues = 100;

/** As much of the text is sent in any case. */
const leastText = 256;

/** What HTTP/2 counts for an entry beside its name and its value. */
const overhead = 32;

const messageBytes = 'grpc-message'.length + overhead;

/** Not the handler's: gRPC and HTTP/2 set their own, and fail if somebody else does; agreements are the library's. */
const reserved: ReadonlySet<string> = new Set([
  ...agreements,
  'connection',
  'content-length',
  'content-type',
  'grpc-accept-encoding',
  'grpc-encoding',
  'grpc-message',
  'grpc-status',
  'grpc-timeout',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Those of which Node sends one value, and throws if there are several. */
const single: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'access-control-max-age',
  'access-control-request-method',
  'age',
  'authorization',
  'content-encoding',
  'content-language',
  'content-location',
  'content-md5',
  'content-range',
  'date',
  'dnt',
  'etag',
  'expires',
  'from',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'range',
  'referer',
  'retry-after',
  'tk',
  'upgrade-insecure-requests',
  'user-agent',
  'x-content-type-options',
]);

/** A part of what a call sends beside its messages. */
export type HeaderPart = 'initial metadata' | 'trailers' | 'text of the status';

/** Tells the owner what could not be sent. */
export type LeftOut = (part: HeaderPart, what: string) => void;

/** The headers and trailers of one call, no larger than any client can receive. */
export class CallHeaders {
  readonly #context: Context;
  readonly #agreed: string | undefined;
  readonly #leftOut: LeftOut;
  #initial: Pick<Sendable, 'bytes' | 'values'> = { bytes: 0, values: 0 };

  /** `agreed` is the name of the envelopes that the client has offered to take. */
  constructor(context: Context, agreed: string | undefined, leftOut: LeftOut) {
    this.#context = context;
    this.#agreed = agreed;
    this.#leftOut = leftOut;
  }

  /** The initial metadata, if there is anything in them. Throws a `Refusal` if they are too large. */
  initial(): Metadata | undefined {
    const { initialMetadata } = this.#context.used;
    if (!initialMetadata && this.#agreed === undefined) return undefined;
    const sendable = new Sendable(Infinity, Infinity);
    if (initialMetadata) sendable.addFrom(initialMetadata);
    if (this.#agreed !== undefined) sendable.add(batchedHeader, [this.#agreed]);
    this.#tell('initial metadata', sendable);
    const { bytes, values } = sendable;
    if (bytes > maxBytes - messageBytes - leastText || values > maxValues) {
      const size = `${String(bytes)} bytes in ${String(values)} values`;
      throw new Refusal(status.INTERNAL, `the initial metadata is larger than a client can receive: ${size}`);
    }
    this.#initial = sendable;
    return sendable.metadata;
  }

  /** The trailers of a call that has ended OK, if the handler has put something in. */
  trailers(): Metadata | undefined {
    const { trailers } = this.#context.used;
    return trailers && this.#ending('OK', trailers).metadata;
  }

  /** The status of a call that has failed with `error`. */
  failure(error: unknown): Status & { readonly metadata: Metadata } {
    const { code, details, metadata } = statusOf(error);
    return { code, ...this.#ending(details, this.#context.used.trailers, metadata) };
  }

  /** The text gives way first, then those trailers for which there is no room. */
  #ending(text: string, ...trailers: (Metadata | undefined)[]): { details: string; metadata: Metadata } {
    const room = maxBytes - this.#initial.bytes - messageBytes;
    const [details, bytes] = readable(text);
    const sendable = new Sendable(room - Math.min(bytes, leastText), maxValues - this.#initial.values);
    for (const each of trailers) if (each) sendable.addFrom(each);
    this.#tell('trailers', sendable);
    const left = room - sendable.bytes;
    if (bytes <= left) return { details, metadata: sendable.metadata };
    this.#leftOut('text of the status', 'its end');
    return { details: cut(details, left), metadata: sendable.metadata };
  }

  #tell(part: HeaderPart, { leftOut }: Sendable): void {
    if (leftOut.length > 0) this.#leftOut(part, leftOut.slice(0, 10).join(', '));
  }
}

/** Metadata as they can be sent, up to so many bytes and values. */
class Sendable {
  readonly metadata = new Metadata();
  /** The names of entries that cannot be sent, or for which there is no room. */
  readonly leftOut: string[] = [];
  bytes = 0;
  values = 0;
  readonly #maxBytes: number;
  readonly #maxValues: number;

  constructor(maxBytes: number, maxValues: number) {
    this.#maxBytes = maxBytes;
    this.#maxValues = maxValues;
  }

  addFrom(source: Metadata): void {
    for (const key of Object.keys(source.getMap())) {
      if (!key.startsWith(':') && !reserved.has(key)) this.add(key, source.get(key));
    }
  }

  add(key: string, given: unknown[]): void {
    const before = this.metadata.get(key).length;
    const entry = new Metadata();
    addAll(entry, key, given);
    const values = single.has(key) ? entry.get(key).slice(0, 1 - before) : entry.get(key);
    const bytes = values.reduce((total, value) => total + bytesOf(key, value), this.bytes);
    const fits = bytes <= this.#maxBytes && this.values + values.length <= this.#maxValues;
    if (!fits || values.length < given.length) this.leftOut.push(key);
    if (!fits) return;
    this.bytes = bytes;
    this.values += values.length;
    addAll(this.metadata, key, values);
  }
}

function bytesOf(key: string, value: string | Buffer): number {
  const { length } = value;
  return key.length + overhead + (typeof value === 'string' ? length : 4 * Math.ceil(length / 3));
}

/** A text without halves of characters, which cannot be encoded, and the bytes it has when grpc-js has encoded it. */
function readable(text: string): [text: string, bytes: number] {
  const whole = text.slice(0, maxBytes + 1).replace(/\p{Surrogate}/gu, '\uFFFD');
  return [whole, encodeURI(whole).length];
}

/** The beginning of `text`, which has no more than so many bytes when it is encoded. */
function cut(text: string, bytes: number): string {
  let left = bytes - encodeURI('…').length;
  let end = 0;
  for (const character of text) {
    left -= encodeURI(character).length;
    if (left < 0) break;
    end += character.length;
  }
  return `${text.slice(0, end)}…`;
}
