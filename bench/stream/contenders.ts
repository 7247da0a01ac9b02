import { foreign } from '../contest/foreign.js';
import type { StreamContender } from './contender.js';

const retryBuffer = 'grpc.per_rpc_retry_buffer_size';

/** Each is loaded only by the processes that it is launched in. */
const own = {
  rxduplex: async () => (await import('./rxduplex.js')).rxduplex,
  'rxduplex-batch': async () => (await import('./rxduplex.js')).rxduplexBatch,
  'rxduplex-to-grpc-js': async () => (await import('./rxduplex.js')).rxduplexToGrpcJs,
  'grpc-js-coalesced': async () => (await import('./coalesced.js')).grpcJsCoalesced,
  A: async () => (await import('./grpc-js.js')).grpcJs(),
  A1: async () => (await import('./grpc-js.js')).grpcJs({ [retryBuffer]: 1 }),
  A256: async () => (await import('./grpc-js.js')).grpcJs({}, 256),
  http2: () => import('./http2.js').then(({ http2, coalesced }) => http2(coalesced)),
  'http2-each': () => import('./http2.js').then(({ http2, each }) => http2(each)),
} satisfies Record<string, () => Promise<StreamContender>>;

export const ownNames: readonly string[] = Object.keys(own);
export const foreignNames: readonly string[] = ['nice-grpc', 'connect-node', 'nestjs'];

export function load(name: string): Promise<StreamContender> {
  return name in own ? own[name as keyof typeof own]() : foreign(name, 'stream');
}
