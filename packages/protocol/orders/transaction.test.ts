import { describe, expect, it } from 'vitest';
import { transactionSha256 } from '../signing/digest.ts';
import { transactionIdentity, type PackageChange } from './transaction.ts';

const change = (name: string, more: Partial<PackageChange> = {}): PackageChange => ({
  name,
  architecture: 'amd64',
  action: 'upgrade',
  from: '1',
  to: '2',
  sha256: 'a'.repeat(64),
  downloadBytes: 10,
  origin: null,
  security: true,
  reason: 'requested',
  source: name,
  ...more,
});
const digest = (...changes: readonly PackageChange[]): string => transactionSha256({ platform: 'apt', changes });

describe("a transaction's identity", () => {
  it('does not depend on the order of the changes', () => {
    expect(digest(change('a'), change('b'))).toBe(digest(change('b'), change('a')));
  });
  it.each<[string, Partial<PackageChange>]>([
    ['name', { name: 'x' }],
    ['architecture', { architecture: 'i386' }],
    ['action', { action: 'downgrade' }],
    ['version before', { from: '0' }],
    ['version after', { to: '3' }],
    ['digest of the bytes', { sha256: 'b'.repeat(64) }],
  ])('changes with the %s', (_, more) => {
    expect(digest(change('a', more))).not.toBe(digest(change('a')));
  });
  it('does not change with what is only told to the reader', () => {
    expect(digest(change('a', { downloadBytes: 99, security: false, reason: 'dependency' }))).toBe(digest(change('a')));
  });
  it('is readable canonical JSON', () => {
    expect(
      transactionIdentity({ platform: 'apt', changes: [change('a', { to: null, sha256: null, action: 'remove' })] }),
    ).toBe(
      '{"changes":[{"action":"remove","architecture":"amd64","from":"1","name":"a","sha256":null,"to":null}],"platform":"apt"}',
    );
  });
});
