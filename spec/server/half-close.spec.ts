import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';

import { Server, status } from '@grpc/grpc-js';
import { RxDuplexError, serve } from 'rxduplex';
import type { Serving } from 'rxduplex';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { KindsService } from '../support/generated/kinds.js';
import { listen, turns, until } from '../support/peer.js';
import { frameOf } from '../support/wire.js';

interface Uploading extends AsyncDisposable {
  readonly serving: Serving;
  readonly stream: ClientHttp2Stream;
  /** What the handler was told: ids, and how they ended. */
  readonly told: unknown[];
}

/** A client over HTTP/2 alone, which half-closes and cancels when it likes. */
async function uploading(halfCloseGraceMs?: number): Promise<Uploading> {
  const server = new Server();
  const told: unknown[] = [];
  const serving = serve(
    server,
    KindsService,
    {
      clientStream: (asks$) =>
        new Promise((resolve, reject) => {
          asks$.subscribe({
            next: ({ id }) => told.push(id),
            error: (error: unknown) => {
              if (!RxDuplexError.is(error)) throw error;
              told.push(error.code);
              reject(error);
            },
            complete: () => {
              told.push('complete');
              resolve({ id: 7 });
            },
          });
        }),
    },
    halfCloseGraceMs === undefined ? {} : { halfCloseGraceMs },
  );
  const session: ClientHttp2Session = connect(`http://127.0.0.1:${String(await listen(server))}`);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/kinds.Kinds/ClientStream',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.on('error', () => undefined);
  stream.resume();
  stream.write(frameOf(KindsService['ClientStream']?.requestSerialize({ id: 1 }) as Buffer));
  return {
    serving,
    stream,
    told,
    [Symbol.asyncDispose]: async () => {
      session.destroy();
      await once(session, 'close');
      server.forceShutdown();
    },
  };
}

test('a cancel that follows a half-close within the grace fails the requests: they were cut off', async () => {
  await using on = await uploading(60_000);
  await until('the request', () => on.told.length === 1);
  on.stream.end();
  await turns(50);
  assert.equal(on.told, [1]);
  on.stream.close(constants.NGHTTP2_CANCEL);
  await until('the call to end', () => on.serving.stats().open === 0);
  assert.equal([on.told, on.serving.stats().cancelled], [[1, 'CANCELLED'], 1]);
});

test('a half-close that nothing follows completes the requests when the grace is over', async () => {
  for (const graceMs of [undefined, 0, 1]) {
    await using on = await uploading(graceMs);
    const trailers = once(on.stream, 'trailers') as Promise<[Readonly<Record<string, string>>]>;
    on.stream.end();
    const [headers] = await trailers;
    assert.equal([on.told, Number(headers['grpc-status'])], [[1, 'complete'], status.OK]);
  }
});

test('a drain waits for no grace', async () => {
  await using on = await uploading(60_000);
  await until('the request', () => on.told.length === 1);
  on.stream.end();
  await on.serving.drain();
  assert.equal([on.told, on.serving.stats().completed], [[1, 'complete'], 1]);
});

test('a grace that is no length of time is refused', () => {
  for (const halfCloseGraceMs of [-1, NaN, '10', null] as never[]) {
    assert.throws(
      () => serve(new Server(), KindsService, { unary: ({ id }) => ({ id }) }, { halfCloseGraceMs }),
      /^BAD_OPTION: halfCloseGraceMs must be a number of milliseconds/,
    );
  }
});

test.run();
