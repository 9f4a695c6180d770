import { describe, expect, it } from 'vitest';
import { inverseTransaction, type PackageChange, type Transaction } from '../index.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

function change(over: Partial<PackageChange>): PackageChange {
  return {
    name: 'openssl',
    architecture: 'amd64',
    action: 'upgrade',
    from: '3.0.20-1',
    to: '3.0.22-1',
    sha256: A,
    downloadBytes: 10,
    origin: null,
    security: true,
    reason: 'requested',
    source: 'openssl',
    ...over,
  };
}

function transaction(changes: PackageChange[]): Transaction {
  return {
    format: 1,
    platform: 'apt',
    changes,
    downloadBytes: 10,
    installedDeltaBytes: 2048,
    conffileConflicts: [],
    servicesToRestart: ['ssh.service'],
    reboot: { needed: false, reasons: [] },
    excluded: [{ name: 'x', architecture: 'amd64', why: 'held' }],
    rollbackGaps: [],
    indexes: [],
  };
}

const kept = { name: 'openssl', architecture: 'amd64', version: '3.0.20-1', sha256: B };

describe('the inverse of a transaction', () => {
  it('goes back to the versions before, with the digests of the kept files', () => {
    const { transaction: back, missing } = inverseTransaction(transaction([change({})]), [kept]);
    expect(missing).toEqual([]);
    expect(back.changes).toMatchObject([
      { name: 'openssl', action: 'downgrade', from: '3.0.22-1', to: '3.0.20-1', sha256: B, downloadBytes: 0 },
    ]);
    expect(back).toMatchObject({ installedDeltaBytes: -2048, excluded: [], servicesToRestart: ['ssh.service'] });
  });

  it('removes what was new and installs what was removed', () => {
    const { transaction: back } = inverseTransaction(
      transaction([
        change({ name: 'new', action: 'install', from: null }),
        change({ name: 'gone', action: 'remove', to: null, sha256: null, reason: 'dependency' }),
      ]),
      [{ ...kept, name: 'gone' }],
    );
    expect(back.changes).toMatchObject([
      { name: 'gone', action: 'install', from: null, to: '3.0.20-1', sha256: B, reason: 'requested' },
      { name: 'new', action: 'remove', from: '3.0.22-1', to: null, sha256: null },
    ]);
  });

  it('names what has no kept file instead of leaving it out silently', () => {
    const { transaction: back, missing } = inverseTransaction(transaction([change({})]), [
      { ...kept, version: '3.0.19-1' },
    ]);
    expect(back.changes).toEqual([]);
    expect(missing).toEqual([{ name: 'openssl', architecture: 'amd64', version: '3.0.20-1' }]);
  });

  it('is its own inverse for versions, when both sides were kept', () => {
    const forth = transaction([change({})]);
    const back = inverseTransaction(forth, [kept]).transaction;
    const again = inverseTransaction(back, [{ ...kept, version: '3.0.22-1', sha256: A }]).transaction;
    expect(again.changes).toMatchObject([{ action: 'upgrade', from: '3.0.20-1', to: '3.0.22-1', sha256: A }]);
  });
});
