import type { Exception } from '@thimble/protocol';
import { expect, test } from 'vitest';
import { exceptionState } from './exception-states.ts';

const NOW_MS = Date.parse('2026-03-01T00:00:00.000Z');
const base: Exception = {
  id: '00000000-0000-4000-a000-000000000001',
  vulnerability: 'CVE-2024-6387',
  package: null,
  endpointId: null,
  hostname: null,
  kind: 'accepted',
  justification: null,
  reason: 'because',
  owner: 'somebody',
  createdBy: 'operator',
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-06-01T00:00:00.000Z',
  revokedAt: null,
  active: true,
};

test.each<[string, Partial<Exception>, string]>([
  ['with an end far away it is active', {}, 'active'],
  ['without an end it is active', { expiresAt: null }, 'active'],
  ['within two weeks of its end it expires soon', { expiresAt: '2026-03-15T00:00:00.000Z' }, 'expiring'],
  ['a moment later than two weeks it does not', { expiresAt: '2026-03-15T00:00:00.001Z' }, 'active'],
  [
    'at its end it has expired, also where the server has not said so yet',
    { expiresAt: '2026-03-01T00:00:00.000Z' },
    'expired',
  ],
  ['what the server calls inactive has expired', { active: false }, 'expired'],
  [
    'what was revoked stays revoked after its end',
    { active: false, revokedAt: '2026-02-01T00:00:00.000Z', expiresAt: '2026-02-02T00:00:00.000Z' },
    'revoked',
  ],
])('%s', (_rule, given, state) => {
  expect(exceptionState({ ...base, ...given }, NOW_MS)).toBe(state);
});
