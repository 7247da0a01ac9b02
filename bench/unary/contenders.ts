import type { RequestContender } from '../request/contender.js';

/** Each of ours is loaded only by the processes that it is launched in. */
const contenders = {
  rxduplex: async () => (await import('./rxduplex.js')).rxduplex,
  'rxduplex-to-grpc-js': async () => (await import('./rxduplex.js')).rxduplexToGrpcJs,
  'rxduplex-limited': async () => (await import('./rxduplex.js')).rxduplexLimited,
  'grpc-js': async () => (await import('../request/grpc-js.js')).grpcJs(),
  'grpc-js-same-channel': async () =>
    (await import('../request/grpc-js.js')).grpcJs((await import('rxduplex')).channelOptions()),
} satisfies Record<string, () => Promise<RequestContender>>;

export const names: readonly string[] = Object.keys(contenders);

export const load = (name: string): Promise<RequestContender> => contenders[name as keyof typeof contenders]();
