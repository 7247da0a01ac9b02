import type {
  MethodDefinition,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from '@grpc/grpc-js';
import { checked } from '../outgoing/options.js';
import type { OutgoingOptions } from '../outgoing/options.js';
import { batchHeader, batchedHeader, batchingOf } from '../wire/batch.js';
import type { Batch, Batching, Repeated } from '../wire/batch.js';
import { chunkOf } from '../wire/chunk.js';
import type { Joining, Wire } from '../wire/joining.js';
import { Answer } from './answer.js';
import { Context } from './context.js';
import type { Requests, Responses } from './halves.js';
import { Inbox } from './inbox.js';
import { oneRequest } from './one-request.js';
import { Outbox } from './outbox.js';
import type { Exchange } from './live-call.js';

/** A call as grpc-js hands it to the implementation of a method, of whichever kind. */
export type Served =
  | ServerUnaryCall<unknown, unknown>
  | ServerReadableStream<unknown, unknown>
  | ServerWritableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;

/** How the messages of a method are carried. */
export interface Carriage {
  readonly outgoing: Omit<OutgoingOptions<unknown>, 'encode' | 'sizeOf'>;
  readonly joining: Joining;
  readonly wire: Wire;
  readonly batch: Batch<unknown, unknown> | Repeated<string> | undefined;
}

type Exchanged = Exchange<unknown, unknown>;

/** Makes the two halves of each call of `method`: what comes in is one or many, and so is what goes out. */
export function exchangesOf(
  method: MethodDefinition<unknown, unknown>,
  { outgoing, joining, wire, batch }: Carriage,
): (call: Served, callback: sendUnaryData<unknown>) => Exchanged {
  const { requestStream, responseStream } = method;
  const encode = (response: unknown): Buffer => method.responseSerialize(response);
  const sending = { encode, wire };
  const options = { ...outgoing, encode } as OutgoingOptions<unknown>;
  checked(options);
  const batching = batch && requestStream && responseStream ? batchingOf(batch, encode, wire) : undefined;
  batching?.packing();

  const requestsOf = (call: Served, agreed: Agreed, failed: (error: unknown) => void): Requests<unknown> =>
    requestStream
      ? new Inbox(call as ServerReadableStream<unknown, unknown>, agreed?.unpack, failed)
      : oneRequest((call as ServerUnaryCall<unknown, unknown>).request);

  const responsesOf = (
    call: Served,
    callback: sendUnaryData<unknown>,
    context: Context,
    agreed: Agreed,
  ): Responses<never> => {
    if (responseStream) {
      const packing = joining.allowed ? agreed?.packing() : undefined;
      const posting = { chunk: chunkOf[wire], joining, packing };
      return new Outbox(call as ServerWritableStream<unknown, unknown>, context, options, posting);
    }
    return new Answer(call, callback, context, sending);
  };

  return (call, callback) => {
    const context = new Context(call);
    const agreed = call.metadata.get(batchHeader)[0] === batching?.name ? batching : undefined;
    if (agreed) context.initialMetadata.set(batchedHeader, agreed.name);
    const responses = responsesOf(call, callback, context, agreed);
    const requests = requestsOf(call, agreed, (error) => {
      responses.fail(error);
    });
    return { call, context, requests, responses };
  };
}

type Agreed = Batching<unknown, unknown> | undefined;
