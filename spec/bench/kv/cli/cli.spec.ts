import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { credentials, loadPackageDefinition, status } from '@grpc/grpc-js';
import type { Client, ClientReadableStream, StatusObject } from '@grpc/grpc-js';
import { fromJSON, loadSync } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import { KeyValueClient, KvClient } from 'rxduplex/kv';
import { firstValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const folder = await mkdtemp(join(tmpdir(), 'rxduplex-'));

test('a server on disk is asked by every command, ends with 0 when it is told to, and has kept what it took', async () => {
  const dir = join(folder, 'store');
  const first = await serve('--store', 'level', '--dir', dir);
  const { code, stdout } = await first.ask('put', 'a', 'one');
  const one = Number(stdout);
  const [two, three] = [one + 1, one + 2];
  assert.equal([code, stdout], [0, `${one}\n`]);
  assert.equal(await first.ask('cas', 'a', String(one), 'two'), { code: 0, stdout: `${two}\n` });
  assert.equal(await first.ask('cas', 'a', String(one), 'three'), { code: 1, stdout: `${two}\n` });
  assert.equal(await first.ask('get', 'b'), { code: 1, stdout: '' });
  assert.equal(await first.ask('cas', 'b', '0', 'new'), { code: 0, stdout: `${three}\n` });
  assert.is((await serveOnly('--store', 'level', '--dir', dir)).code, 1);
  assert.match(await first.stop(), new RegExp(`stopping signal=SIGTERM .*\\n.* stopped revision=${three}\\n$`));

  const second = await serve('--store', 'level', '--dir', dir);
  assert.equal(await second.ask('get', 'a', '--hex'), { code: 2, stdout: '' });
  assert.equal(await second.ask('get', '61', '--hex'), { code: 0, stdout: '74776f\n' });
  assert.equal(await second.ask('range'), { code: 0, stdout: `a\t${two}\ttwo\nb\t${three}\tnew\n` });
  const deleted = await second.ask('del', 'a');
  assert.is(deleted.code, 0);
  assert.ok(Number(deleted.stdout) > three + 1, 'each opening of a store leaves a gap');
  const changes = `${one}\tput\ta\tone\n${two}\tput\ta\ttwo\n`;
  assert.equal(await second.ask('watch', '--from', '1', '--limit', '2'), { code: 0, stdout: changes });
  const future = String(Number(deleted.stdout) + 99);
  assert.equal(await second.ask('watch', '--from', future), { code: 1, stdout: '' });
  assert.match(await second.stop(), /refused count=1 method=\S+\/Watch by=127\.0\.0\.1 why=".*future.*"/);
});

test('an address that is taken is told, and the server ends with 1', async () => {
  const server = await serve();
  const [host, port] = server.address.split(':') as [string, string];
  assert.is((await run('serve', '--host', host, '--port', port)).code, 1);
  await server.stop();
});

test('bad usage is 2, and a server that nobody reaches is 3', async () => {
  assert.is((await run('cas', 'a')).code, 2);
  assert.is((await run('serve', '--port', 'x')).code, 2);
  assert.is((await run('get', 'a', '--address', '127.0.0.1:1', '--timeout-ms', '300')).code, 3);
  assert.is((await run('put', 'a', 'b', '--address', '127.0.0.1:1', '--timeout-ms', '300')).code, 3);
  const { code, stdout } = await run('--help');
  assert.is(code, 0);
  assert.match(stdout, 'serve');
});

test('told to stop, the server says that it is not well before its calls have ended, and ends them', async () => {
  const server = await serve();
  const health = healthOf(server.address);
  const states = health.watch();
  assert.is(await states.next(), 'SERVING');

  const client = new KeyValueClient(server.address, credentials.createInsecure());
  const session = client.session();
  const answered = once(session, 'data') as Promise<[{ id: string; put: unknown }]>;
  session.write({ id: 1, put: { key: Buffer.from('a'), value: Buffer.from('b') } });
  const [{ id }] = await answered;
  assert.is(id, '1');
  const [ended] = [once(session, 'status'), session.resume()];
  const stopped = server.stop();
  assert.is(await states.next(), 'NOT_SERVING');
  const [{ code }] = (await ended) as [{ code: number }];
  assert.is(code, 0, 'the session is ended as one that has done all that was asked');
  assert.match(await stopped, 'stopped');
  client.close();
  health.client.close();
});

test('told to stop, the server does not wait for those who watch', async () => {
  const server = await serve('--grace-ms', '9999999');
  const client = new KeyValueClient(server.address, credentials.createInsecure());
  const watch = client.watch({});
  watch.on('error', () => undefined);
  await once(watch, 'data');
  const ended = new Promise<StatusObject>((resolve) => watch.once('status', resolve));
  const stopped = server.stop();
  assert.is((await ended).code, status.UNAVAILABLE);
  assert.match(await stopped, 'stopped');
  client.close();
});

test('reflection tells both APIs', async () => {
  const server = await serve();
  const names = await servicesOf(server.address);
  for (const name of ['rxduplex.kv.v1.KeyValue', 'io.grpc.KeyValueService']) assert.ok(names.includes(name), name);
  await server.stop();
});

test('a refusal that many get is one line', async () => {
  const server = await serve();
  const client = new KeyValueClient(server.address, credentials.createInsecure());
  const kv = new KvClient(client);
  const refused = Array.from({ length: 20 }, () =>
    firstValueFrom(kv.put('', 'empty')).then(
      () => 0,
      () => 1,
    ),
  );
  assert.is(
    (await Promise.all(refused)).reduce((sum, each) => sum + each, 0),
    20,
  );
  await kv.close();
  client.close();
  const log = await server.stop();
  const counts = [...log.matchAll(/refused count=(\d+) method=\S+\/Put /g)].map(([, count]) => Number(count));
  assert.is(
    counts.reduce((sum, count) => sum + count, 0),
    20,
  );
  assert.ok(counts.length < 20);
});

test.after(() => rm(folder, { recursive: true }));

interface Served {
  readonly address: string;
  readonly ask: (...args: readonly string[]) => Promise<{ readonly code: unknown; readonly stdout: string }>;
  /** Gives what it has logged. */
  readonly stop: () => Promise<string>;
}

async function serve(...args: readonly string[]): Promise<Served> {
  const running = start('serve', '--port', '0', ...args);
  const log = text(running.stdout);
  const address = await new Promise<string>((resolve, reject) => {
    running.stdout.on('data', (line: Buffer) => {
      const told = /started address=(\S+)/.exec(line.toString())?.[1];
      if (told !== undefined) resolve(told);
    });
    running.once('close', () => reject(new Error('the server ended before it had started')));
  });
  return {
    address,
    ask: async (...asked) => {
      const { code, stdout } = await run(...asked, '--address', address);
      return { code, stdout };
    },
    stop: async () => {
      const closed = once(running, 'close') as Promise<unknown[]>;
      running.kill('SIGTERM');
      assert.equal(await closed, [0, null]);
      return log;
    },
  };
}

const serveOnly = (...args: readonly string[]) => run('serve', '--port', '0', ...args);

function start(...args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, ['--import', 'tsx', 'bench/kv/cli/main.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function run(...args: readonly string[]): Promise<{ readonly code: unknown; readonly stdout: string }> {
  const running = start(...args);
  const [stdout, [code]] = await Promise.all([
    text(running.stdout),
    once(running, 'close') as Promise<unknown[]>,
    text(running.stderr),
  ]);
  return { code, stdout };
}

type Watched = ClientReadableStream<{ readonly status: string }>;

function healthOf(address: string) {
  const definition = loadSync(protoPath, { enums: String });
  const { grpc } = loadPackageDefinition(definition) as unknown as {
    grpc: { health: { v1: { Health: new (...args: unknown[]) => Client & { watch(request: object): Watched } } } };
  };
  const client = new grpc.health.v1.Health(address, credentials.createInsecure());
  return {
    client,
    watch: () => {
      const call = client.watch({ service: 'rxduplex.kv.v1.KeyValue' });
      call.on('error', () => undefined);
      const told = call[Symbol.asyncIterator]() as AsyncIterator<{ readonly status: string }>;
      return { next: async () => ((await told.next()).value as { readonly status: string }).status };
    },
  };
}

/** The part of the reflection service that tells the services. */
const reflection = fromJSON(
  {
    nested: {
      grpc: {
        nested: {
          reflection: {
            nested: {
              v1: {
                nested: {
                  ServerReflection: {
                    methods: {
                      ServerReflectionInfo: {
                        requestType: 'ServerReflectionRequest',
                        requestStream: true,
                        responseType: 'ServerReflectionResponse',
                        responseStream: true,
                        comment: '',
                      },
                    },
                  },
                  ServerReflectionRequest: { fields: { listServices: { type: 'string', id: 7 } } },
                  ServerReflectionResponse: {
                    fields: { listServicesResponse: { type: 'ListServiceResponse', id: 6 } },
                  },
                  ListServiceResponse: { fields: { service: { rule: 'repeated', type: 'ServiceResponse', id: 1 } } },
                  ServiceResponse: { fields: { name: { type: 'string', id: 1 } } },
                },
              },
            },
          },
        },
      },
    },
  },
  {},
);

async function servicesOf(address: string): Promise<readonly string[]> {
  const { grpc } = loadPackageDefinition(reflection) as unknown as {
    grpc: {
      reflection: {
        v1: {
          ServerReflection: new (...args: unknown[]) => Client & {
            serverReflectionInfo(): NodeJS.ReadWriteStream;
          };
        };
      };
    };
  };
  const client = new grpc.reflection.v1.ServerReflection(address, credentials.createInsecure());
  const call = client.serverReflectionInfo();
  call.write({ listServices: '' } as never);
  const [told] = (await once(call, 'data')) as [{ listServicesResponse: { service: { name: string }[] } }];
  call.end();
  client.close();
  return told.listServicesResponse.service.map(({ name }) => name);
}

test.run();
