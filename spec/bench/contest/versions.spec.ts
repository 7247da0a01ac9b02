import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { versions } from '../../../bench/contest/versions.js';

test('every version that takes part is exact', async () => {
  const all = await versions(true);
  for (const name of ['node', 'rxduplex', '@grpc/grpc-js', 'rxjs', 'nice-grpc', '@connectrpc/connect-node']) {
    assert.match(all[name] ?? '', /^\d+\.\d+\.\d+$/);
  }
});

test('the foreign contenders have the grpc-js, the proto-loader and the rxjs that we have', async () => {
  const [ours, all] = [await versions(false), await versions(true)];
  assert.equal(ours, Object.fromEntries(Object.keys(ours).map((name) => [name, all[name]])));
});

test.run();
