/** A server whose handlers are of one shape, twice: with the default bounds, and with small ones. Its argument: the shape. */
import { Server } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import type { HandlerFailure, Serving } from 'rxduplex';

import { greet } from '../../../bench/child.js';
import { KindsService } from '../generated/kinds.js';
import type { KindsHandlers } from '../generated/kinds.js';
import { bounds, boundsNames } from '../matrix/plan.js';
import type { BoundsName, Shape } from '../matrix/plan.js';
import { proxied } from '../matrix/proxied.js';
import type { Order, Report } from '../matrix/server.js';
import { made } from '../matrix/shapes.js';
import type { KindsHandled } from '../matrix/shapes.js';
import { Tally } from '../matrix/tally.js';
import { throwing } from '../matrix/throwing.js';
import { listen } from '../peer.js';

interface Part {
  readonly port: number;
  readonly server: Server;
  readonly serving: Serving;
  readonly tally: Tally;
  readonly failures: HandlerFailure[];
  readonly stop: () => void;
}

const shape = process.argv[2] as Shape;
const warnings: string[] = [];
process.on('warning', ({ message }) => warnings.push(message));

async function handlersFor(tally: Tally): Promise<{ readonly handlers: KindsHandled; readonly stop: () => void }> {
  if (shape === 'a proxy') return proxied(tally);
  const handlers = shape === 'one that throws' ? throwing(tally) : made[shape](tally);
  return { handlers, stop: () => undefined };
}

async function partOf(name: BoundsName): Promise<[BoundsName, Part]> {
  const tally = new Tally();
  const { handlers, stop } = await handlersFor(tally);
  const server = new Server();
  const serving = serve<KindsHandlers>(server, KindsService, handlers, { outgoing: bounds[name] });
  const failures: HandlerFailure[] = [];
  serving.failures$.subscribe((failure) => failures.push(failure));
  return [name, { port: await listen(server), server, serving, tally, failures, stop }];
}

const parts = Object.fromEntries(await Promise.all(boundsNames.map(partOf))) as Record<BoundsName, Part>;

const ofEach = <T>(what: (part: Part) => T): Record<BoundsName, T> =>
  Object.fromEntries(boundsNames.map((name) => [name, what(parts[name])])) as Record<BoundsName, T>;

/** Ends all there is, after which nothing keeps this process. */
async function end({ server, serving, stop }: Part): Promise<void> {
  await serving.drain();
  await new Promise<void>((resolve, reject) => {
    server.tryShutdown((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  stop();
}

process.on('message', ({ wants }: Order) => {
  if (wants === 'report') {
    const report: Report = {
      warnings,
      parts: ofEach(({ serving, tally, failures }) => ({
        stats: serving.stats(),
        counts: tally.counts,
        failures: failures.length,
      })),
    };
    process.send?.(report);
    return;
  }
  // So that the channel does not keep it either.
  process.channel?.unref();
  void Promise.all(Object.values(ofEach(end)));
});

greet({ ports: ofEach(({ port }) => port) });
