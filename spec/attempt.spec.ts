import { Observable, defer, map, of, share } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { Attempt, claimAttempt, offerAttempt } from '../lib/attempt.js';

const attempt = (number: number): Attempt => new Attempt(number, () => undefined);

test('a call that no policy stands above is its own first attempt', () => {
  const claimed = claimAttempt();
  assert.is(claimed.number, 1);
  assert.is.not(claimAttempt(), claimed);
  claimed.opened();
});

test('what is subscribed to under an attempt may claim it, through whatever operators stand between', () => {
  const offered = attempt(7);
  let claimed: Attempt | undefined;
  const source = new Observable<number>((subscriber) => {
    claimed = claimAttempt();
    subscriber.complete();
  });
  const stream$ = defer(() => source).pipe(
    map((value) => value),
    share(),
  );
  offerAttempt(offered, () => stream$.subscribe());
  assert.is(claimed, offered);
});

test('the first to claim has it, the next is on its own', () => {
  const offered = attempt(7);
  offerAttempt(offered, () => {
    assert.is(claimAttempt(), offered);
    assert.is(claimAttempt().number, 1);
  });
});

test('an attempt that nobody claimed is not there for what comes later', () => {
  offerAttempt(attempt(7), () => of(1).subscribe());
  assert.is(claimAttempt().number, 1);
});

test('an attempt is taken back also when the subscribing throws', () => {
  assert.throws(() => {
    offerAttempt(attempt(7), () => {
      throw new Error('no');
    });
  }, 'no');
  assert.is(claimAttempt().number, 1);
});

test('of policies within each other the inner one is claimed, and the outer one is there again after it', () => {
  const [outer, inner] = [attempt(7), attempt(8)];
  offerAttempt(outer, () => {
    offerAttempt(inner, () => {
      assert.is(claimAttempt(), inner);
    });
    assert.is(claimAttempt(), outer);
  });
});

test('that the call is open is told to the policy', () => {
  let opened = 0;
  const open = new Attempt(1, () => (opened += 1));
  open.opened();
  assert.is(opened, 1);
});

test('a call is asked to leave in the way it has named last; without one the policy is told so', () => {
  const left: string[] = [];
  const leaving = attempt(1);
  assert.not(leaving.leave());
  leaving.onLeave(() => left.push('first'));
  leaving.onLeave(() => left.push('second'));
  assert.ok(leaving.leave());
  assert.equal(left, ['second']);
});

test.run();
