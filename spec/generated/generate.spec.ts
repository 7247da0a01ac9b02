import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { Server, ServerCredentials, credentials } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/grpc-js';
import { fromJSON, loadSync } from '@grpc/proto-loader';
import type { MessageTypeDefinition, PackageDefinition } from '@grpc/proto-loader';
import { PeerClient, PeerService } from 'rxduplex/peer';
import type { PeerHandlers, PeerReply, PeerReply__Output, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { descriptor } from '../../lib/generated/peer.descriptor.js';
import { emit } from '../../proto/emit/emit.js';
import { differences, readTree } from '../../proto/emit/tree.js';
import { workshop } from '../support/proto.js';

const options = { longs: String, enums: String, defaults: true, oneofs: true };

test('what is committed is what the .proto files make', async () => {
  assert.equal(differences(await readTree('lib/generated'), await emit('proto')), []);
  const ofSpecs = await emit('spec/support/proto', 'rxduplex');
  assert.equal(differences(await readTree('spec/support/generated'), ofSpecs), []);
});

test('P1: a decoded oneof tells its name', () => {
  const reply = overTheWire({ id: 1, vote: { term: 2, candidateId: 'a' } });
  assert.equal(reply, { id: '1', event: 'vote', vote: { term: '2', candidateId: 'a' }, batch: [] });
});

test('P1: a member from a newer peer leaves the name undefined', async () => {
  const today = await readFile('proto/rxduplex/peer/v1/peer.proto', 'utf8');
  const tomorrow = today.replaceAll('Beat beat = 4;', 'Beat beat = 4; Vote hand_off = 5;');
  await using shop = await workshop({ 'peer.proto': tomorrow });
  const newer = loadSync('peer.proto', { ...options, includeDirs: [shop.protoDir] });
  const reply = received(message(newer, 'rxduplex.peer.v1.PeerReply').serialize({ id: 7, handOff: { term: 1 } }));
  assert.equal(reply, { id: '7', batch: [] });
  assert.is(reply.event, undefined);
});

for (const name of ['constructor', 'has_own_property', 'toString', 'valueOf']) {
  test(`P3: a field named ${name} is refused`, async () => {
    await using shop = await workshop({ 'bad.proto': proto(`message Bad { message Inner { string ${name} = 1; } }`) });
    await emit(shop.protoDir).then(unexpected, (error: unknown) => {
      assert.match(
        String(error),
        /^Error: bad\.proto: made\.up\.Bad\.Inner\.\w+ is named like a member of Object\.prototype/,
      );
    });
  });
}

test('P3: a oneof named constructor is refused, and nothing is written', async () => {
  await using shop = await workshop({ 'bad.proto': proto('message Bad { oneof constructor { string a = 1; } }') });
  const { exitCode, stderr } = await shop.generate();
  assert.is(exitCode, 1);
  assert.match(stderr, 'made.up.Bad.constructor is named like');
  assert.equal(await readTree(shop.outDir), new Map());
});

test('P3: a field named __proto__ is harmless, because it is loaded as _Proto__', async () => {
  await using shop = await workshop({ 'odd.proto': proto('message Odd { string __proto__ = 1; }') });
  const odd = message(loadSync('odd.proto', { ...options, includeDirs: [shop.protoDir] }), 'made.up.Odd');
  assert.equal(odd.deserialize(odd.serialize({})), { _Proto__: '' });
  assert.equal(odd.deserialize(odd.serialize({ _Proto__: 'x' })), { _Proto__: 'x' });
});

test('P4: a uint64 keeps every digit', () => {
  const { id, append } = overTheWire({ id: '18446744073709551615', append: { term: '9007199254740993' } });
  assert.is(id, '18446744073709551615');
  assert.is(append?.term, '9007199254740993');
});

test('P4: a zero is received as zero, sent or left out', () => {
  assert.is(overTheWire({ id: 0 }).id, '0');
  assert.is(overTheWire({}).id, '0');
  assert.equal(overTheWire({ beat: {} }).beat, { at: '0' });
});

test('P5: the embedded definition gives the bytes and objects that the file gives', async () => {
  await using shop = await workshop({ 'every/kind.proto': everyKind, 'every/part.proto': part });
  assert.is((await shop.generate()).exitCode, 0);
  const embedded = (await import(pathToFileURL(join(shop.outDir, 'kind.descriptor.ts')).href)) as {
    descriptor: object;
  };
  const fromFile = message(loadSync('every/kind.proto', { ...options, includeDirs: [shop.protoDir] }), 'made.up.Kind');
  const fromEmbedded = message(fromJSON(embedded.descriptor, options), 'made.up.Kind');
  for (const value of [{}, full]) {
    const bytes = fromEmbedded.serialize(value);
    assert.equal(bytes, fromFile.serialize(value));
    assert.equal(fromEmbedded.deserialize(bytes), fromFile.deserialize(bytes));
  }
});

test('P5: the embedded definition carries no comments', () => {
  assert.not.match(JSON.stringify(descriptor), 'comment');
});

test('fresh files pass the check', async () => {
  await using shop = await workshop({ 'a.proto': proto('message A {}') });
  await shop.generate();
  assert.equal(await shop.generate('--check'), { exitCode: 0, stderr: '' });
});

test('the check names files that are changed, missing or left over, and writes nothing', async () => {
  await using shop = await workshop({ 'a.proto': proto('message A {}') });
  await shop.generate();
  await writeFile(join(shop.outDir, 'a.ts'), '// changed\n');
  await rm(join(shop.outDir, 'a.descriptor.ts'));
  await writeFile(join(shop.outDir, 'old.ts'), '');
  const before = await readTree(shop.outDir);

  const { exitCode, stderr } = await shop.generate('--check');
  assert.is(exitCode, 1);
  assert.equal(stderr.match(/lib\/generated\/\S+/g), [
    'lib/generated/a.descriptor.ts',
    'lib/generated/a.ts',
    'lib/generated/old.ts',
  ]);
  assert.equal(await readTree(shop.outDir), before);
});

test('generating puts the folder right', async () => {
  await using shop = await workshop({ 'a.proto': proto('message A {}') });
  await shop.generate();
  const fresh = await readTree(shop.outDir);
  await writeFile(join(shop.outDir, 'old.ts'), '');
  await shop.generate();
  assert.equal(await readTree(shop.outDir), fresh);
});

test('two files of one name are refused, because they would share a door', async () => {
  await using shop = await workshop({ 'v1/a.proto': proto('message A {}'), 'v2/a.proto': 'syntax = "proto3";' });
  const { exitCode, stderr } = await shop.generate();
  assert.is(exitCode, 1);
  assert.match(stderr, 'v2/a.proto: another file of this name has the door a.ts');
});

test('a client and a server made of the same door exchange typed messages', async () => {
  const server = new Server();
  const handlers: PeerHandlers = {
    Exchange: (call) => {
      call.on('data', ({ id, beat }: PeerRequest__Output) => call.write({ id, ...(beat && { beat }) }));
      call.on('end', () => call.end());
    },
  };
  server.addService(PeerService, handlers);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const client = new PeerClient(`127.0.0.1:${port}`, credentials.createInsecure());

  const call = client.exchange();
  call.end({ id: '5', beat: { at: 1 } });
  assert.equal((await once(call, 'data')) as unknown[], [{ id: '5', event: 'beat', beat: { at: '1' }, batch: [] }]);
  await once(call, 'status');
  client.close();
  server.forceShutdown();
});

const everyKind = proto(`
  import "every/part.proto";
  // A comment.
  message Kind {
    enum Colour { RED = 0; GREEN = 1; }
    message Inner { sint64 deep_value = 1; }
    repeated uint32 packed_numbers = 1;
    map<string, int64> by_name = 2;
    map<int32, Inner> by_number = 3;
    optional bool maybe = 4;
    Colour colour = 5;
    bytes raw = 6;
    double ratio = 7;
    fixed64 fixed = 8;
    Part imported = 9;
    oneof choice { string left = 10; Inner right = 11; }
  }
`);

const part = proto('message Part { repeated string words = 1; }');

const full = {
  packedNumbers: [1, 200, 30_000],
  byName: { a: '-9007199254740993', __proto__: '1' },
  byNumber: { 7: { deepValue: '-1' } },
  maybe: false,
  colour: 'GREEN',
  raw: Buffer.from([0, 255]),
  ratio: Number.NaN,
  fixed: '18446744073709551615',
  imported: { words: ['', 'x'] },
  right: { deepValue: '3' },
};

function proto(body: string): string {
  return `syntax = "proto3";\npackage made.up;\n${body}`;
}

function unexpected(): never {
  throw new Error('nothing was refused');
}

function message(definition: PackageDefinition, name: string): MessageTypeDefinition<object, object> {
  return definition[name] as MessageTypeDefinition<object, object>;
}

const { Exchange: exchange } = PeerService as Record<'Exchange', MethodDefinition<PeerRequest, PeerReply>>;

function overTheWire(reply: PeerReply): PeerReply__Output {
  return received(exchange.responseSerialize(reply));
}

function received(bytes: Buffer): PeerReply__Output {
  return exchange.responseDeserialize(bytes) as PeerReply__Output;
}

test.run();
