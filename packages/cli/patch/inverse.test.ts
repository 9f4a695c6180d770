import { describe, expect, it } from 'vitest';
import { change, kept, transaction } from '../testing/transactions.ts';
import { inverseTransaction } from './inverse.ts';

describe('the inverse of a transaction', () => {
  it('goes back to each version before, with the digest of the file that was kept', () => {
    const done = transaction([change('openssl', '1', '2'), change('libnew1', null, '1.0'), change('old', '0.9', null)]);
    const inverse = inverseTransaction(done, [kept('openssl', '1'), kept('old', '0.9')]);
    expect(inverse.kind === 'inverse' && inverse.transaction.changes).toMatchObject([
      { name: 'openssl', action: 'downgrade', from: '2', to: '1', sha256: kept('openssl', '1').sha256 },
      { name: 'libnew1', action: 'remove', from: '1.0', to: null, sha256: null },
      { name: 'old', action: 'install', from: null, to: '0.9', sha256: kept('old', '0.9').sha256 },
    ]);
  });

  it('is not there when a file is missing: half a roll-back is none', () => {
    const done = transaction([change('openssl', '1', '2'), change('curl', '7', '8')]);
    expect(inverseTransaction(done, [kept('openssl', '1')])).toEqual({ kind: 'missing', packages: ['curl 7'] });
  });

  it('does not take the file of another version or architecture for it', () => {
    const done = transaction([change('openssl', '1', '2')]);
    expect(inverseTransaction(done, [kept('openssl', '0')]).kind).toBe('missing');
    expect(inverseTransaction(done, [{ ...kept('openssl', '1'), architecture: 'i386' }]).kind).toBe('missing');
  });

  it('leaves out what was only reinstalled', () => {
    const done = transaction([change('openssl', '1', '1', { action: 'reinstall' })]);
    expect(inverseTransaction(done, [])).toMatchObject({ kind: 'inverse', transaction: { changes: [] } });
  });
});
