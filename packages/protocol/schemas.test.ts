import { describe, expect, it } from 'vitest';
import * as protocol from './index.ts';
import { Check } from 'typebox/value';

describe('names and versions that come from a remote', () => {
  it.each(['libssl3', 'g++-12', 'libstdc++6', 'linux-image-6.1.0-40-amd64', '0ad'])(
    'accept the package name %s',
    (name) => {
      expect(Check(protocol.PackageName, name)).toBe(true);
    },
  );
  it.each(['', '-o', '--force', '../x', 'a b', 'a;b', 'a\nb', '$(x)', 'x'.repeat(256)])(
    'refuse the package name %j: it could be an option or a path',
    (name) => {
      expect(Check(protocol.PackageName, name)).toBe(false);
    },
  );
  it.each(['1 2', 'a\nb', '', '\u00e9'])('refuse the version %j', (version) => {
    expect(Check(protocol.PackageVersion, version)).toBe(false);
  });
});

describe('an order', () => {
  const order = {
    format: 1,
    id: '0190a0b0-0000-7000-8000-000000000001',
    organisationId: '0190a0b0-0000-7000-8000-000000000002',
    endpointId: '0190a0b0-0000-7000-8000-000000000003',
    generation: 1,
    issuedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-02T00:00:00.000Z',
    runId: null,
    body: { kind: 'plan', selection: { kind: 'packages', packages: [{ name: 'openssl' }] } },
  };
  it('is accepted when complete', () => expect(Check(protocol.Order, order)).toBe(true));
  it.each([
    ['another format', { ...order, format: 2 }],
    ['a body of no known kind: there is no free command', { ...order, body: { kind: 'run', command: 'id' } }],
    ['a fractional generation', { ...order, generation: 1.5 }],
    ['a selection of no packages', { ...order, body: { kind: 'plan', selection: { kind: 'packages', packages: [] } } }],
    ['a date in another form', { ...order, expiresAt: 'tomorrow' }],
  ])('is refused with %s', (_, bad) => expect(Check(protocol.Order, bad)).toBe(false));
});
