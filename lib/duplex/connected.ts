import { connectivityState } from '@grpc/grpc-js';
import type { ChannelInterface } from '@grpc/grpc-js';
import { OnceListeners } from '../once-listeners.js';
import { afterTurns } from '../turns.js';

/**
 * Tells many listeners when one channel is ready. A watcher of a channel cannot be taken back, and keeps whatever it
 * refers to until the state changes: so there is never more than one, and it refers to nothing but the listeners that are
 * there when it is called.
 */
class ReadyWatch {
  readonly #channel: ChannelInterface;
  readonly #listeners = new OnceListeners<void>();
  #watching = false;

  constructor(channel: ChannelInterface) {
    this.#channel = channel;
  }

  /** Calls `ready` when the channel, which is not, becomes ready, unless the function that it returns is called before. */
  add(ready: () => void): () => void {
    const leave = this.#listeners.add(ready);
    this.#watch();
    return leave;
  }

  #watch(): void {
    const state = this.#channel.getConnectivityState(false);
    if (state === connectivityState.READY) this.#listeners.notify();
    if (this.#watching || this.#listeners.empty || state === connectivityState.SHUTDOWN) return;
    this.#watching = true;
    this.#channel.watchConnectivityState(state, Infinity, () => {
      this.#watching = false;
      this.#watch();
    });
  }
}

const watches = new WeakMap<ChannelInterface, ReadyWatch>();

function watchOf(channel: ChannelInterface): ReadyWatch {
  const watch = watches.get(channel) ?? new ReadyWatch(channel);
  watches.set(channel, watch);
  return watch;
}

export const isShutDown = (channel: ChannelInterface): boolean =>
  channel.getConnectivityState(false) === connectivityState.SHUTDOWN;

/** A call that was refused while the channel was not connected yet says so this many turns of the event loop later. */
const turnsToFailure = 2;

/** Calls `connected` when `channel` is connected, now or later, unless the function that it returns is called before. */
export function whenConnected(channel: ChannelInterface, connected: () => void): () => void {
  if (channel.getConnectivityState(false) === connectivityState.READY) {
    connected();
    return () => undefined;
  }
  let wanted = true;
  const stop = watchOf(channel).add(() => {
    afterTurns(turnsToFailure, () => {
      if (wanted) connected();
    });
  });
  return () => {
    wanted = false;
    stop();
  };
}

/**
 * Whether nothing that was written to `call`, which has ended, has left this process: until a call is handed to a
 * connection, grpc-js gives the name of its channel for its peer. Call credentials that fail end it before that.
 */
export const neverLeft = (channel: ChannelInterface, call: { getPeer(): string }): boolean =>
  call.getPeer() === channel.getTarget();
