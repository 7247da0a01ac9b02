import type {
  MethodDefinition,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from '@grpc/grpc-js';
import { checkedSerializer } from '../message.js';
import { withoutAgreements } from '../metadata.js';
import { checked } from '../outgoing/options.js';
import type { OutgoingOptions } from '../outgoing/options.js';
import { batchHeader, batchingOf } from '../wire/batch.js';
import type { Batch, Batching, Repeated } from '../wire/batch.js';
import { chunkOf } from '../wire/chunk.js';
import type { Joining, Wire } from '../wire/joining.js';
import { CallHeaders } from './call-headers.js';
import { Context } from './context.js';
import { Refusal } from './failure.js';
import type { Requests, Responses, ResultEnd } from './halves.js';
import type { Exchange } from './live-call.js';
import { oneRequest } from './one-request.js';
import { OneResponse } from './one-response.js';
import type { Reports } from './reports.js';
import { RequestStream } from './request-stream.js';
import { ResponseStream } from './response-stream.js';
import { whyNoResponse } from './result.js';

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
  readonly halfCloseGraceMs: number;
}

/** Makes the two halves of each call of `method`: what comes in is one or many, and so is what goes out. */
export function exchangesOf(
  method: MethodDefinition<unknown, unknown>,
  { outgoing, joining, wire, batch, halfCloseGraceMs }: Carriage,
  reports: Reports,
): (call: Served, callback: sendUnaryData<unknown>) => Exchange {
  const { path, requestStream, responseStream } = method;
  const whyNot = whyNoResponse(method);
  const serialize = (response: unknown): Buffer => method.responseSerialize(response);
  const encode = checkedSerializer(method, 'responseType', serialize);
  const options = { ...outgoing, encode } as OutgoingOptions<unknown>;
  checked(options);
  const batching = batch && requestStream && responseStream ? batchingOf(batch, serialize, wire) : undefined;
  batching?.packing();

  const requestsOf = (call: Served, agreed: Agreed, failed: (error: unknown) => void): Requests<unknown> =>
    requestStream
      ? new RequestStream(
          call as ServerReadableStream<unknown, unknown>,
          { unpack: agreed?.unpack, halfCloseGraceMs },
          failed,
        )
      : oneRequest((call as ServerUnaryCall<unknown, unknown>).request);

  return (call, callback) => {
    const agreed = call.metadata.get(batchHeader)[0] === batching?.name ? batching : undefined;
    withoutAgreements(call.metadata);
    const context = new Context(call);
    const headers = new CallHeaders(context, agreed?.name, (part, what) => reports.leftOut(path, part, what));
    const requests = requestsOf(call, agreed, (error) => responses.handlerFailed(error));
    const resultEnd: ResultEnd = {
      completed: () => requests.leave(),
      failed: (error) => {
        reports.failed({ method: path, peer: context.peer, error });
        if (Refusal.is(error)) {
          context.abort();
          requests.cancel();
        }
        requests.leave();
      },
      failedLate: (error) => reports.failedLate(path, error),
    };
    const responses: Responses = responseStream
      ? new ResponseStream(call as ServerWritableStream<unknown, unknown>, requests, headers, resultEnd, options, {
          chunk: chunkOf[wire],
          joining,
          packing: joining.allowed ? agreed?.packing() : undefined,
          whyNot,
        })
      : new OneResponse(call, callback, headers, resultEnd, { whyNot, encode: serialize, wire });
    return { call, context, requests, responses };
  };
}

type Agreed = Batching<unknown, unknown> | undefined;
