import { createRecordedHost } from '@thimble/drivers';
import type { TrialRules } from '@thimble/protocol';
import { expect, test } from 'vitest';
import { lowered, trialCommands } from './trial-rules.ts';

const RULES: TrialRules = { checks: ['well'], deadlineSeconds: 600, diskBytes: 1000, memoryBytes: 2000 };

test.each([
  ['nothing is set here', {}, RULES],
  ['less is set here', { deadlineSeconds: 60, diskBytes: 10 }, { ...RULES, deadlineSeconds: 60, diskBytes: 10 }],
  ['more is set here', { deadlineSeconds: 6000, memoryBytes: 1_000_000 }, RULES],
])('a trial takes what its order allows and this machine too: %s', (_, limits, expected) => {
  expect(lowered(RULES, limits)).toEqual(expected);
});

test('its checks are executables of the allow-list; one that is not there refuses the trial', async () => {
  const host = createRecordedHost({ files: { '/etc/thimble/checks.d/well': '' } });
  expect(await trialCommands(host, ['well'])).toEqual({
    ok: true,
    commands: [{ name: 'well', argv: ['/etc/thimble/checks.d/well'] }],
  });
  expect(await trialCommands(host, ['well', '../well'])).toMatchObject({ refused: { code: 'step-not-allowed' } });
});
