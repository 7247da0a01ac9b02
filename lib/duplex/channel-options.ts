import type { ChannelInterface, ChannelOptions } from '@grpc/grpc-js';
import { checkNames } from '../names.js';
import type { Names } from '../names.js';
import { badOption, longestMs, milliseconds } from '../options.js';
import { warnOnce } from '../warning.js';

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
   * How long the channel itself waits between attempts to connect, at most, and between two looks at the addresses that a
   * name stands for. Default 1,000 ms: calls fail at once meanwhile, so that the waiting is left to `reconnect`, which
   * knows why it waits; and a server that has moved is found soon.
   */
  readonly maxConnectBackoffMs?: number;
  /** A TCP connection of this channel's own instead of one shared with all of the same target. Default false. */
  readonly ownConnection?: boolean;
}

const names: Names<ChannelSettings> = {
  keepaliveMs: true,
  keepaliveTimeoutMs: true,
  maxConnectBackoffMs: true,
  ownConnection: true,
};

/**
 * The options that every channel which carries our streams needs; give any others of grpc-js's beside them.
 *
 * Without `grpc.per_rpc_retry_buffer_size: 0` grpc-js takes up to 1 MiB a call into a buffer that never left the
 * process and reports it as written: no count of what was sent would be true, and no bound would hold.
 */
export function channelOptions(settings: ChannelSettings = {}): ChannelOptions {
  checkNames('channelOptions', settings, names);
  const { keepaliveMs = 300_000, keepaliveTimeoutMs = 20_000, maxConnectBackoffMs = 1_000 } = settings;
  const { ownConnection = false } = settings;
  positive('keepaliveMs', keepaliveMs);
  positive('keepaliveTimeoutMs', keepaliveTimeoutMs);
  positive('maxConnectBackoffMs', maxConnectBackoffMs);
  if (typeof ownConnection !== 'boolean') throw badOption('ownConnection', 'true or false', ownConnection);
  return {
    [retryBuffer]: 0,
    'grpc.initial_reconnect_backoff_ms': Math.min(100, maxConnectBackoffMs),
    'grpc.max_reconnect_backoff_ms': Math.min(maxConnectBackoffMs, longestMs),
    'grpc.dns_min_time_between_resolutions_ms': Math.min(maxConnectBackoffMs, longestMs),
    ...(keepaliveMs !== Infinity && {
      'grpc.keepalive_time_ms': keepaliveMs,
      'grpc.keepalive_timeout_ms': Math.min(keepaliveTimeoutMs, longestMs),
    }),
    ...(ownConnection && { 'grpc.use_local_subchannel_pool': 1 }),
  };
}

const retryBuffer = 'grpc.per_rpc_retry_buffer_size';

/** What may stand in the retry buffer of a call without making a count of what was sent untrue by much. */
const harmlessBytes = 1 << 14;

/** Warns of a channel that carries streams without `channelOptions()`, if its options can be seen: they are not public. */
export function warnWithoutOptions(channel: ChannelInterface): void {
  const { internalChannel } = channel as { internalChannel?: { options?: Readonly<Record<string, unknown>> } };
  const options = internalChannel?.options;
  if (!options || Number(options[retryBuffer] ?? Infinity) <= harmlessBytes) return;
  warnOnce(
    'RXDUPLEX_CHANNEL_OPTIONS',
    'a channel carries streams without channelOptions(): grpc-js reports up to 1 MiB of each call as written that has ' +
      'never left the process, so that neither the bounds of a buffer nor its counts of what was sent hold',
  );
}

function positive(name: string, value: number): void {
  if (milliseconds(name, value) === 0) throw badOption(name, 'more than 0', value);
}
