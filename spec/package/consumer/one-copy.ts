import * as assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const load = createRequire(resolve('package.json'));

async function compare(): Promise<void> {
  for (const entry of ['rxduplex', 'rxduplex/peer']) {
    const imported = (await import(entry)) as Readonly<Record<string, unknown>>;
    const required = load(entry) as Readonly<Record<string, unknown>>;
    assert.deepEqual(Object.keys(imported), Object.keys(required).sort(), `the names of ${entry}`);
    for (const name of Object.keys(imported)) assert.equal(imported[name], required[name], `${entry}: ${name}`);
  }
  const { Outgoing } = await import('rxduplex');
  const { Observable } = await import('rxjs');
  assert.ok(new Outgoing().taken$ instanceof Observable, 'its Observables are those of who imports rxjs');
}

void compare();
