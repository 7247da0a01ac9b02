import { foreign } from '../contest/foreign.js';
import type { MemoryContender } from './contender.js';

const retryBuffer = 'grpc.per_rpc_retry_buffer_size';

/** Each is loaded only by the process that it is launched in. */
const own = {
  rxduplex: async () => (await import('./rxduplex.js')).rxduplex('block'),
  'rxduplex-drop-oldest': async () => (await import('./rxduplex.js')).rxduplex('drop-oldest'),
  A: async () => (await import('./grpc-js.js')).grpcJs(true),
  A1: async () => (await import('./grpc-js.js')).grpcJs(true, { [retryBuffer]: 1 }),
  'grpc-js-unheeded': async () => (await import('./grpc-js.js')).grpcJs(false),
} satisfies Record<string, () => Promise<MemoryContender>>;

export const ownNames: readonly string[] = Object.keys(own);
export const foreignNames: readonly string[] = ['nestjs'];

export function load(name: string): Promise<MemoryContender> {
  return name in own ? own[name as keyof typeof own]() : foreign(name, 'memory');
}
