import type { OutcomeResult } from '@thimble/protocol';
import { describe, expect, test } from 'vitest';
import { withFailedSteps } from './begun-steps.ts';
import { refusal } from './stopped-order.ts';

const step = (name: string, passed: boolean) => ({ name, passed, message: passed ? '' : 'status 1', durationMs: 1 });
const FAILED = [step('step one (after)', true), step('step undrain (after)', false)];
const broken: OutcomeResult = {
  kind: 'failed',
  code: 'interrupted',
  message: 'given up',
  stage: 'installing',
  verification: null,
  logTail: [],
  kept: [],
};
const told = 'step undrain (after) failed: status 1';

describe('a step after that failed is told, however the order ended', () => {
  test.each<readonly [string, OutcomeResult, object]>([
    ['refused', refusal('expired', 'late'), { kind: 'refused', code: 'expired', message: `late; ${told}` }],
    ['given up', broken, { ...broken, message: `given up; ${told}` }],
    [
      'cancelled',
      { kind: 'cancelled', stage: 'preparing' },
      refusal('step-failed', `it was stopped before anything was installed; ${told}`),
    ],
  ])('%s', (_, result, expected) => {
    expect(withFailedSteps(result, FAILED)).toMatchObject(expected);
    expect(withFailedSteps(result, FAILED.slice(0, 1))).toBe(result);
  });

  test('once: what has a report has it there', () => {
    const reported = { ...broken, deploy: { fileSystemSnapshot: null, steps: FAILED, checks: [], lostListeners: [] } };
    expect(withFailedSteps(reported, FAILED)).toBe(reported);
  });
});
