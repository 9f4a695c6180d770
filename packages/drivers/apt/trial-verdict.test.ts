import type { Transaction } from '@thimble/protocol';
import { describe, expect, test } from 'vitest';
import type { StepResult } from '../run-in-clone.ts';
import type { TrialResults } from './trial-steps.ts';
import { trialVerdict } from './trial-verdict.ts';

const MIB = 1024 * 1024;
const change = { name: 'tool', architecture: 'all', action: 'upgrade', from: '1', to: '2' };
const task = {
  transaction: { changes: [change] } as unknown as Transaction,
  rules: { checks: [], deadlineSeconds: 60, diskBytes: 64 * MIB, memoryBytes: 128 * MIB },
};
const step = (exitCode: number | null, output = ''): StepResult => ({ exitCode, output, durationMs: 7 });
const listed = (version: string, status = 'installed') =>
  step(0, `Package: tool\nStatus: install ok ${status}\nVersion: ${version}\nArchitecture: all\n\n`);
const GOOD: TrialResults = {
  install: step(0),
  list: listed('2'),
  checks: [{ name: 'nginx -t', before: step(0), after: step(0) }],
  commands: [{ name: 'smoke', result: step(0) }],
};
const RAN = { limit: null, ended: true, output: '' };
const verdict = (results: Partial<TrialResults>, run: Partial<Parameters<typeof trialVerdict>[1]> = {}) =>
  trialVerdict(task, { ...RAN, ...run }, { ...GOOD, ...results });

describe('a trial', () => {
  test('passes when all is installed, configured and well', () => {
    expect(verdict({})).toEqual({
      verdict: 'passed',
      message: 'installed, configured and checked: one package',
      brokenPackages: [],
      checks: [
        { name: 'nginx -t', passed: true, message: '', durationMs: 7 },
        { name: 'smoke', passed: true, message: '', durationMs: 7 },
      ],
      gaps: [],
    });
  });

  const dpkgs =
    'dpkg: error processing package tool (--configure):\n exit status 3\nErrors were encountered\nE: Sub-process\n';
  test.each<readonly [string, Partial<TrialResults>, Partial<Parameters<typeof trialVerdict>[1]>, string]>([
    ['a script of a package failed', { install: step(100) }, { output: dpkgs }, 'exit status 3'],
    ['the installation was killed', { install: step(null) }, {}, 'the installation was killed'],
    ['the installation did not end', { install: null, list: null }, {}, 'did not come to its end'],
    ['its disk was full', { install: step(100) }, { output: 'E: No space left on device' }, 'more than the 64 MiB'],
    ['it took too long', { install: null, list: null }, { limit: 'time', ended: true }, 'longer than the 60 s'],
    ['it took too much memory', { list: null }, { limit: 'memory' }, 'more than the 128 MiB of memory'],
    ['it wrote too much', { list: null }, { limit: 'disk' }, 'more than the 64 MiB that'],
    ['a package is not configured', { list: listed('2', 'half-configured') }, {}, 'not configured: tool'],
    ['another version is there', { list: listed('1') }, {}, 'tool 1 instead of 2'],
    ['nothing is there', { list: step(0) }, {}, 'tool (none) instead of 2'],
    ['what is there is not known', { list: step(2) }, {}, 'could not be read'],
    ['somebody killed it', {}, { ended: false }, 'killed before it came to its end'],
    [
      'what was well is not well any more',
      { checks: [{ name: 'nginx -t', before: step(0), after: step(1, 'unknown\u001b[1m\ndirective') }] },
      {},
      'after the installation: nginx -t fails: unknown [1m directive (it ended with 1)',
    ],
    ['a command of the policy fails', { commands: [{ name: 'smoke', result: step(null) }] }, {}, 'smoke fails'],
    ['a command of the policy did not run', { commands: [{ name: 'smoke', result: null }] }, {}, 'smoke fails'],
  ])('fails when %s', (_, results, run, words) => {
    const judged = verdict(results, run);
    expect(judged.verdict).toBe('failed');
    expect(judged.message).toContain(words);
  });

  test.each([
    ['and after', step(1, 'wrong')],
    ['but not after', step(0)],
    ['and then it did not end', null],
  ])('does not count a check that fails without the update %s', (_, after) => {
    const judged = verdict({ checks: [{ name: 'sshd -t', before: step(1, 'wrong'), after }] });
    expect(judged.verdict).toBe('passed');
    expect(judged.checks.map(({ name }) => name)).toEqual(['smoke']);
    expect(judged.gaps).toEqual([{ what: 'sshd -t', why: 'it fails without the update: wrong (it ended with 1)' }]);
  });

  test('says nothing of checks after an installation that failed: they were of something else', () => {
    expect(verdict({ install: step(100) }).checks).toEqual([]);
  });
});
