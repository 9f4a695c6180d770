import type { PackageChange } from '@thimble/protocol';
import { expect, test } from 'vitest';
import { differenceLines } from './difference.ts';

const change: PackageChange = {
  name: 'openssl',
  architecture: 'amd64',
  action: 'upgrade',
  from: '3.0.11',
  to: '3.0.17',
  sha256: 'a'.repeat(64),
  downloadBytes: 10,
  origin: null,
  security: true,
  reason: 'requested',
  source: 'openssl',
};

test('what nobody approved comes first, what is left out last', () => {
  const lines = differenceLines({
    unapproved: [{ ...change, name: 'libnew', action: 'install', from: null }],
    missing: [{ ...change, name: 'curl' }],
    changed: [{ approved: change, actual: { ...change, to: '3.0.18' } }],
  });
  expect(lines).toEqual([
    { kind: 'unapproved', name: 'libnew:amd64', approved: 'nothing', actual: 'install 3.0.17' },
    { kind: 'changed', name: 'openssl:amd64', approved: 'upgrade 3.0.11 → 3.0.17', actual: 'upgrade 3.0.11 → 3.0.18' },
    { kind: 'missing', name: 'curl:amd64', approved: 'upgrade 3.0.11 → 3.0.17', actual: 'nothing' },
  ]);
});

test('equal versions from other bytes show their digests', () => {
  const [line] = differenceLines({
    unapproved: [],
    missing: [],
    changed: [{ approved: change, actual: { ...change, sha256: 'b'.repeat(64) } }],
  });
  expect(line).toMatchObject({
    approved: 'upgrade 3.0.11 → 3.0.17 (file aaaaaaaaaaaa)',
    actual: 'upgrade 3.0.11 → 3.0.17 (file bbbbbbbbbbbb)',
  });
});

test('a removal says what goes', () => {
  const [line] = differenceLines({
    unapproved: [{ ...change, action: 'remove', to: null, sha256: null }],
    missing: [],
    changed: [],
  });
  expect(line?.actual).toBe('remove 3.0.11');
});
