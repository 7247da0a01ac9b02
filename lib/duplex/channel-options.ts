import type { ChannelOptions } from '@grpc/grpc-js';
import { badOption, longestMs, milliseconds } from '../options.js';

export interface ChannelSettings {
  /**
   * How often an HTTP/2 ping asks whether the peer is still there, while a call is open; `Infinity` for never. Default
   * 300,000 ms, the least that C-core and Go servers tolerate of a stranger; towards a server of your own 10,000 to
   * 30,000 ms notice a half-open connection sooner.
   */
  readonly keepaliveMs?: number;
  /** How long the answer may take before the connection counts as dead. Default 20,000 ms. */
  readonly keepaliveTimeoutMs?: number;
  /**
   * How long the channel itself waits between attempts to connect, at most. Default 1,000 ms: calls fail at once
   * meanwhile, so that the waiting is left to `reconnect`, which knows why it waits.
   */
  readonly maxConnectBackoffMs?: number;
  /** A TCP connection of this channel's own instead of one shared with all of the same target. Default false. */
  readonly ownConnection?: boolean;
}

/**
 * The options that every channel which carries our streams needs; give any others of grpc-js's beside them.
 *
 * Without `grpc.per_rpc_retry_buffer_size: 0` grpc-js takes up to 1 MiB a call into a buffer that never left the
 * process and reports it as written: no count of what was sent would be true, and no bound would hold.
 */
export function channelOptions(settings: ChannelSettings = {}): ChannelOptions {
  const { keepaliveMs = 300_000, keepaliveTimeoutMs = 20_000, maxConnectBackoffMs = 1_000 } = settings;
  const { ownConnection = false } = settings;
  positive('keepaliveMs', keepaliveMs);
  positive('keepaliveTimeoutMs', keepaliveTimeoutMs);
  positive('maxConnectBackoffMs', maxConnectBackoffMs);
  if (typeof ownConnection !== 'boolean') throw badOption('ownConnection', 'true or false', ownConnection);
  return {
    'grpc.per_rpc_retry_buffer_size': 0,
    'grpc.initial_reconnect_backoff_ms': Math.min(100, maxConnectBackoffMs),
    'grpc.max_reconnect_backoff_ms': Math.min(maxConnectBackoffMs, longestMs),
    ...(keepaliveMs !== Infinity && {
      'grpc.keepalive_time_ms': keepaliveMs,
      'grpc.keepalive_timeout_ms': Math.min(keepaliveTimeoutMs, longestMs),
    }),
    ...(ownConnection && { 'grpc.use_local_subchannel_pool': 1 }),
  };
}

function positive(name: string, value: number): void {
  if (milliseconds(name, value) === 0) throw badOption(name, 'more than 0', value);
}
