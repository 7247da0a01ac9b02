import type { ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import protobuf from 'protobufjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { refuseInheritedNames, whyNoOneof } from '../lib/definition.js';

/** The definition of the one method of a service, as proto-loader makes it. */
function methodOf(messages: string): ServiceDefinition[string] {
  const source = `syntax = "proto3"; package t; ${messages} service T { rpc Call(In) returns (Out); } message Out {}`;
  const { root } = protobuf.parse(source, { keepCase: false });
  const service = fromJSON(root.toJSON(), { oneofs: true })['t.T'] as unknown as ServiceDefinition;
  return service['Call'] as ServiceDefinition[string];
}

const deep: Readonly<Record<string, string>> = {
  'the message itself': 'message In { string constructor = 1; }',
  'a message in it': 'message In { A a = 1; } message A { string value_of = 1; }',
  'a message in a message in it': 'message In { A a = 1; } message A { B b = 1; } message B { bool to_string = 1; }',
  'the members of a list': 'message In { repeated A a = 1; } message A { string has_own_property = 1; }',
  'the values of a map': 'message In { map<string, A> a = 1; } message A { string is_prototype_of = 1; }',
  'a oneof': 'message In { oneof event { A a = 1; string b = 2; } } message A { string constructor = 1; }',
  'a nested type': 'message In { message A { string constructor = 1; } A a = 1; }',
};

for (const [where, messages] of Object.entries(deep)) {
  test(`P3: a field that is named like a member of Object.prototype is refused in ${where}`, () => {
    assert.throws(
      () => refuseInheritedNames(methodOf(messages)),
      /^BAD_OPTION: a field of \w+ must be named unlike any member of Object.prototype; got "/,
    );
  });
}

test('P3: one that no message of the method has is not refused, and messages that hold each other are no trap', () => {
  refuseInheritedNames(
    methodOf('message In { A a = 1; } message A { In in = 1; } message Other { string constructor = 1; }'),
  );
  refuseInheritedNames({ path: '/a/definition/of/another/kind' });
});

const events = 'message Out { oneof event { A a = 1; string b = 2; } bytes other = 3; } message A { bool c = 1; }';

function loaded(messages: string, options: object): ServiceDefinition[string] {
  const source = `syntax = "proto3"; package t; message In {} ${messages} service T { rpc Call(In) returns (Out); }`;
  const service = fromJSON(protobuf.parse(source).root.toJSON(), options)['t.T'] as unknown as ServiceDefinition;
  return service['Call'] as ServiceDefinition[string];
}

test('P1: a loader without oneofs is found out, and so is a oneof that is not there', () => {
  for (const options of [{ oneofs: true }, { oneofs: true, defaults: true }, { oneofs: true, enums: String }]) {
    assert.is(whyNoOneof(loaded(events, options), 'event'), undefined);
  }
  for (const options of [{}, { defaults: true }, { longs: String }]) {
    assert.is(whyNoOneof(loaded(events, options), 'event'), 'the messages were loaded without oneofs: true');
  }
  assert.is(whyNoOneof(loaded(events, { oneofs: true }), 'evnt'), 'Out has no oneof of that name, but event');
  assert.is(
    whyNoOneof(loaded('message Out { string a = 1; }', { oneofs: true }), 'event'),
    'Out has no oneof of that name, but none',
  );
});

test('of a definition that describes nothing nothing is said', () => {
  assert.is(
    whyNoOneof({ responseSerialize: () => Buffer.from('x'), responseDeserialize: () => ({}) }, 'event'),
    undefined,
  );
});

test.run();
