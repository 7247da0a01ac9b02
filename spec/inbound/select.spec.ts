import type { MethodDefinition } from '@grpc/grpc-js';
import { by, oneof } from 'rxduplex';
import { PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerReply__Output } from 'rxduplex/peer';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const exchange = PeerService['Exchange'] as MethodDefinition<unknown, PeerReply>;

/** A reply as it comes from the wire. */
const decoded = (reply: PeerReply): PeerReply__Output =>
  exchange.responseDeserialize(exchange.responseSerialize(reply)) as PeerReply__Output;

test('oneof tells the member that is set, and its value', () => {
  const select = oneof('event');
  assert.equal(select(decoded({ id: 1, vote: { term: 2, candidateId: 'a' } })), [
    'vote',
    { term: '2', candidateId: 'a' },
  ]);
  assert.equal(select(decoded({ beat: { at: 3 } })), ['beat', { at: '3' }]);
  assert.equal(select(decoded({ append: {} })), ['append', { term: '0', payload: Buffer.alloc(0) }]);
});

test('oneof finds no event in a message without a member', () => {
  assert.is(oneof('event')(decoded({ id: 1 })), undefined);
  assert.is(oneof('event')(decoded({})), undefined);
});

test('P1: oneof finds no event in a message whose member only a newer peer knows', () => {
  const hop = Buffer.from([0x08, 0x07, 0x2a, 0x02, 0x08, 0x01]);
  const reply = exchange.responseDeserialize(hop) as PeerReply__Output;
  assert.equal(reply, { id: '7', batch: [] });
  assert.is(oneof('event')(reply), undefined);
});

test('P1: oneof goes by the name that is set, not by the members that are there', () => {
  const message: PeerReply__Output = { id: '1', event: 'beat', vote: null, beat: { at: '1' }, append: null, batch: [] };
  assert.equal(oneof('event')(message), ['beat', { at: '1' }]);
});

test('by tells the type, and the whole message for a value', () => {
  type Feed = { readonly kind: 'put'; readonly key: string } | { readonly kind: 'removed'; readonly at: number };
  const select = by('kind');
  const put: Feed = { kind: 'put', key: 'a' };
  const event = select<Feed>(put);
  assert.is(event?.[0], 'put');
  assert.is(event?.[1], put);
});

test('by takes any type that a property can be named by', () => {
  const kind = Symbol('a kind');
  for (const type of ['', 'a', 0, 1, NaN, kind, '__proto__', 'constructor']) {
    assert.ok(Object.is(by('kind')({ kind: type })?.[0], type));
  }
});

test('by finds no event in a message without the field', () => {
  const message: { readonly kind?: 'a' } = {};
  assert.is(by('kind')(message), undefined);
});

test.run();
