import type { OutcomeResult } from '@thimble/protocol';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { listeningTerminal } from '../testing/terminal.ts';
import { change, transaction, verification } from '../testing/transactions.ts';
import { outcomeExitCode, showOutcome } from './outcome-view.ts';

const applied = (extra: Parameters<typeof verification>[0]): OutcomeResult => ({
  kind: 'applied',
  verification: verification(extra),
  kept: [],
  rollbackGaps: [],
  resumed: false,
});
const reboot = { kind: 'reboot', reason: 'kernel 6.1.0-40 installed, 6.1.0-37 running' } as const;
const refused: OutcomeResult = {
  kind: 'refused',
  code: 'disk-full',
  message: 'no space',
  difference: null,
  logTail: [],
};

describe('the exit code', () => {
  it.each<[string, OutcomeResult, number]>([
    ['effective', applied({}), EXIT.ok],
    ['installed, waits for a reboot', applied({ effective: false, waits: [reboot] }), EXIT.waits],
    [
      'a service failed, and a reboot is due too',
      applied({ effective: false, waits: [reboot], failedUnitsAfter: ['x.service'] }),
      EXIT.failure,
    ],
    [
      'a service that had failed before',
      applied({ effective: false, waits: [reboot], failedUnitsBefore: ['x.service'], failedUnitsAfter: ['x.service'] }),
      EXIT.waits,
    ],
    [
      'not effective and nobody knows why',
      applied({ effective: false, gaps: [{ what: 'processes', why: 'not readable' }] }),
      EXIT.failure,
    ],
    ['refused', refused, EXIT.refused],
    ['a plan with changes', planned(1), EXIT.pending],
    ['a plan without', planned(0), EXIT.ok],
    ['cancelled', { kind: 'cancelled', stage: 'downloading' }, EXIT.interrupted],
  ])('of %s', (_, result, code) => {
    expect(outcomeExitCode(result)).toBe(code);
  });
});

it('says in words what is still due', () => {
  const { terminal, out } = listeningTerminal({});
  showOutcome(terminal, applied({ effective: false, waits: [reboot], restartedUnits: ['nginx.service'] }));
  expect(out).toEqual([
    'Restarted: nginx.service.',
    'Waits: for a reboot: kernel 6.1.0-40 installed, 6.1.0-37 running',
    'Not effective yet.',
  ]);
});

function planned(count: number): OutcomeResult {
  const changes = Array.from({ length: count }, (_, index) => change(`p${index}`, '1', '2'));
  return { kind: 'planned', transaction: transaction(changes), transactionDigest: '0'.repeat(64) };
}
