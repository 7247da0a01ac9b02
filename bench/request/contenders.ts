import { foreign } from '../contest/foreign.js';
import type { RequestContender } from './contender.js';

/** Each is loaded only by the processes that it is launched in. */
const own = {
  rxduplex: async () => (await import('./rxduplex.js')).rxduplex,
  'grpc-js': async () => (await import('./grpc-js.js')).grpcJs(),
  http2: async () => (await import('./http2.js')).http2,
} satisfies Record<string, () => Promise<RequestContender>>;

export const ownNames: readonly string[] = Object.keys(own);
export const foreignNames: readonly string[] = ['connect-node'];

export function load(name: string): Promise<RequestContender> {
  return name in own ? own[name as keyof typeof own]() : foreign(name, 'request');
}
