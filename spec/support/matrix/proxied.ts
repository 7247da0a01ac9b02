import { Server, credentials } from '@grpc/grpc-js';
import type { ServerUnaryCall, UntypedServiceImplementation, sendUnaryData } from '@grpc/grpc-js';
import { channelOptions, rx } from 'rxduplex';
import type { CallContext } from 'rxduplex';

import { KindsClient, KindsService } from '../generated/kinds.js';
import type { Answer, Ask__Output, KindsHandlers } from '../generated/kinds.js';
import type { Kind } from '../kinds.js';
import { listen } from '../peer.js';
import type { KindsHandled } from './shapes.js';
import type { Note, Tally } from './tally.js';

export interface Proxied {
  readonly handlers: KindsHandled;
  readonly stop: () => void;
}

/** Handlers that have a backend answer, and that backend, which is plain grpc-js and has the counts of what it does. */
export async function proxied(tally: Tally): Promise<Proxied> {
  const backend = new Server();
  backend.addService(KindsService, backendOf(tally));
  const port = await listen(backend);
  const client = new KindsClient(
    `127.0.0.1:${String(port)}`,
    credentials.createInsecure(),
    channelOptions({ ownConnection: true }),
  );
  const ours = rx(client);
  // The backend is told whose call it is.
  const own = ({ metadata }: CallContext) => ({ metadata });
  return {
    handlers: {
      unary: (ask, context) => (tally.begin('unary', context), ours.unary(ask, own(context))),
      clientStream: (asks$, context) => (tally.begin('clientStream', context), ours.clientStream(asks$, own(context))),
      serverStream: (ask, context) => (tally.begin('serverStream', context), ours.serverStream(ask, own(context))),
      bidi: (asks$, context) => (tally.begin('bidi', context), ours.bidi(asks$, own(context))),
    },
    stop: () => {
      client.close();
      backend.forceShutdown();
    },
  };
}

type Call = Pick<ServerUnaryCall<unknown, unknown>, 'metadata'> & {
  on(event: 'cancelled', listener: () => void): unknown;
};

function backendOf(tally: Tally): UntypedServiceImplementation {
  const begin = (kind: Kind, call: Call): Note => {
    const ended = new AbortController();
    const note = tally.note(kind, { metadata: call.metadata, signal: ended.signal });
    const over = note.open();
    // grpc-js says so at the end of every call, however that ended.
    call.on('cancelled', () => {
      ended.abort();
      over();
    });
    return note;
  };
  const handlers: Pick<KindsHandlers, 'Unary' | 'ClientStream' | 'ServerStream' | 'Bidi'> = {
    Unary: (call, callback) => {
      const note = begin('unary', call);
      const answer = (): void => callback(null, note.one(call.request.id));
      // For a client that is cut off it works until then.
      note.work().then(answer, () => undefined);
    },
    ClientStream: (call, callback: sendUnaryData<Answer>) => {
      const note = begin('clientStream', call);
      let total = 0;
      call.on('data', (ask: Ask__Output) => {
        note.take(ask);
        total += 1;
      });
      call.on('end', () => {
        if (!call.cancelled) callback(null, note.one(total));
      });
    },
    ServerStream: (call) => {
      for (const row of begin('serverStream', call).rows()) call.write(row);
      call.end();
    },
    Bidi: (call) => {
      const note = begin('bidi', call);
      call.on('data', (ask: Ask__Output) => {
        if (call.write(note.each(note.take(ask).id))) return;
        call.pause();
        call.once('drain', () => call.resume());
      });
      call.on('end', () => call.end());
    },
  };
  return { ...handlers };
}
