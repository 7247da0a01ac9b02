import { connectivityState } from '@grpc/grpc-js';
import type { ChannelInterface } from '@grpc/grpc-js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { neverLeft, whenConnected } from '../../lib/duplex/connected.js';
import { turns } from '../support/peer.js';

const { IDLE, CONNECTING, READY, TRANSIENT_FAILURE, SHUTDOWN } = connectivityState;

/** A channel whose state is set by hand, and whose watchers are called as those of grpc-js are. */
class FakeChannel {
  state: connectivityState = IDLE;
  watchers: { readonly state: connectivityState; readonly called: () => void }[] = [];

  getConnectivityState(): connectivityState {
    return this.state;
  }

  watchConnectivityState(state: connectivityState, _: number, called: () => void): void {
    if (this.state === SHUTDOWN) throw new Error('Channel has been shut down');
    this.watchers.push({ state, called });
  }

  getTarget(): string {
    return 'dns:peer:1';
  }

  move(state: connectivityState): void {
    this.state = state;
    const due = this.watchers.filter((watcher) => watcher.state !== state);
    this.watchers = this.watchers.filter((watcher) => watcher.state === state);
    for (const { called } of due) called();
  }

  get asChannel(): ChannelInterface {
    return this as unknown as ChannelInterface;
  }
}

test('a channel that is connected says so at once', () => {
  const channel = new FakeChannel();
  channel.state = READY;
  let connected = 0;
  whenConnected(channel.asChannel, () => (connected += 1));
  assert.is(connected, 1);
  assert.is(channel.watchers.length, 0);
});

test('all who wait for one channel share one watcher, however its state changes, and all are called', async () => {
  const channel = new FakeChannel();
  const connected = Array.from({ length: 1_000 }, () => 0);
  for (const index of connected.keys()) whenConnected(channel.asChannel, () => (connected[index] = 1));
  for (const state of [CONNECTING, TRANSIENT_FAILURE, CONNECTING, TRANSIENT_FAILURE, CONNECTING]) {
    channel.move(state);
    assert.is(channel.watchers.length, 1);
  }
  channel.move(READY);
  await turns(3);
  assert.is(
    connected.reduce((sum, each) => sum + each),
    1_000,
  );
  assert.is(channel.watchers.length, 0);
});

test('who no longer waits is not called, not even in the turns after the channel was connected', async () => {
  const channel = new FakeChannel();
  let connected = 0;
  const stop = whenConnected(channel.asChannel, () => (connected += 1));
  const late = whenConnected(channel.asChannel, () => (connected += 1));
  stop();
  stop();
  channel.move(READY);
  late();
  await turns(3);
  assert.is(connected, 0);
});

test('attempts that end before the channel is connected leave nothing behind but the one watcher', () => {
  const channel = new FakeChannel();
  channel.state = TRANSIENT_FAILURE;
  for (let attempt = 0; attempt < 10_000; attempt += 1) {
    whenConnected(channel.asChannel, () => assert.unreachable())();
    if (attempt % 10 === 0) {
      channel.move(CONNECTING);
      channel.move(TRANSIENT_FAILURE);
    }
  }
  assert.is(channel.watchers.length, 1);
  channel.move(CONNECTING);
  assert.is(channel.watchers.length, 0);
});

test('a channel that is shut down is watched no more', () => {
  const channel = new FakeChannel();
  whenConnected(channel.asChannel, () => assert.unreachable());
  channel.move(SHUTDOWN);
  assert.is(channel.watchers.length, 0);
  whenConnected(channel.asChannel, () => assert.unreachable());
});

test('nothing has left a call whose peer is still the name of its channel', () => {
  const { asChannel } = new FakeChannel();
  assert.ok(neverLeft(asChannel, { getPeer: () => 'dns:peer:1' }));
  for (const peer of ['127.0.0.1:1', 'unknown']) assert.not(neverLeft(asChannel, { getPeer: () => peer }));
});

test.run();
