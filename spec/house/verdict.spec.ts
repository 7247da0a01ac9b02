import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { judge } from '../support/verdict.js';
import type { Ending } from '../support/verdict.js';

test('a file passes when it exits with 0 and every test has passed', () => {
  assert.equal(judge(ending({ stdout: summary(3, 3, 0) })), { passed: 3, failed: 0, skipped: 0 });
});

test('the counts are found behind whatever the tests have written', () => {
  const stdout = `Total: 9\nhalf a line${summary(1, 1, 0)}`;
  assert.is(judge(ending({ stdout })).fault, undefined);
});

test('tests that have not passed have failed, even when the exit code is 0', () => {
  assert.equal(judge(ending({ stdout: summary(5, 3, 0) })), {
    passed: 3,
    failed: 2,
    skipped: 0,
    fault: '2 of 5 failed',
  });
});

test('a file fails when all has passed and it does not exit', () => {
  const verdict = judge(ending({ stdout: summary(2, 2, 0), exitCode: null, timedOut: true }));
  assert.equal(verdict, { passed: 2, failed: 1, skipped: 0, fault: 'did not exit in time' });
});

test('a file fails when all has passed and the exit code is not 0', () => {
  assert.is(judge(ending({ stdout: summary(2, 2, 0), exitCode: 1 })).fault, 'exit code 1');
});

test('a file fails when it skips a test', () => {
  assert.equal(judge(ending({ stdout: summary(2, 2, 1) })), { passed: 2, failed: 1, skipped: 1, fault: '1 skipped' });
});

test('a file without a summary counts as one failed test', () => {
  assert.equal(judge(ending({})), { passed: 0, failed: 1, skipped: 0, fault: 'no summary, exit code 0' });
});

test('a file that ran no test fails', () => {
  assert.is(judge(ending({ stdout: summary(0, 0, 0) })).fault, 'no test was run');
});

test('a file with two summaries fails, because neither counts all', () => {
  const { failed, fault = '' } = judge(ending({ stdout: summary(1, 1, 0) + summary(1, 1, 0) }));
  assert.is(failed, 1);
  assert.match(fault, '2 summaries');
});

function ending(part: Partial<Ending>): Ending {
  return { exitCode: 0, timedOut: false, stdout: '', ...part };
}

function summary(total: number, passed: number, skipped: number): string {
  return `\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   ${skipped}\n  Duration:  1.00ms\n\n`;
}

test.run();
