/**
 * What the code blocks of the README take for given, and the end of what they have begun: after a while all that has a name
 * in them is closed, as a reader would close it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { credentials } from '@grpc/grpc-js';
import { channelOptions } from 'rxduplex';
import { PeerClient } from 'rxduplex/peer';

export const address: string = String(process.argv[1]);
export const addresses: ReadonlyMap<string, string> = new Map([['a', address]]);
export const client: PeerClient = new PeerClient(address, credentials.createInsecure(), channelOptions());
export const save: () => Promise<void> = () => Promise.resolve();

const aborting = new AbortController();
export const signal: AbortSignal = aborting.signal;

// A block may write files.
const folder = mkdtempSync(join(tmpdir(), 'readme-'));
process.chdir(folder);
process.once('exit', () => rmSync(folder, { recursive: true }));

const lifeMs = 2_000;

/** What a block may have made, by the name that it has there. */
export interface Made {
  readonly remote?: { close(): Promise<unknown> } | undefined;
  readonly kv?: { close?(): Promise<unknown> } | undefined;
  readonly outgoing?: { complete(): void } | undefined;
  readonly client?: { close(): void } | undefined;
}

export function endLater(made: () => Made): void {
  setTimeout(() => {
    const { remote, kv, outgoing, client: own } = made();
    aborting.abort();
    outgoing?.complete();
    void Promise.all([remote?.close(), kv?.close?.()]).then(() => {
      own?.close();
      client.close();
    });
  }, lifeMs);
}
