import { assess, type ClaimKey, type Software } from '@thimble/advisories';
import { describe, expect, it } from 'vitest';
import { createClaimIndex } from './claim-index.ts';
import { makeAdvisory, makeClaim } from './testing/records.ts';

const FRESH = { advisories: 'current', asOf: null, why: null, support: 'supported', supportNote: null } as const;
const software = (version: string, parts: Partial<Software> = {}): Software => ({
  namespace: 'debian:12',
  name: 'libssl3',
  version,
  scheme: 'deb',
  architecture: 'amd64',
  source: { name: 'openssl', version },
  origin: 'distribution',
  originName: 'Debian',
  module: null,
  channel: null,
  ...parts,
});
const RECORD = { claim: makeClaim(), advisory: makeAdvisory('DSA-5532-1') };

function countingReader() {
  const asked: (readonly ClaimKey[])[] = [];
  const claims = async (keys: readonly ClaimKey[]) => {
    asked.push(keys);
    return keys.some(({ name, nameKind }) => name === 'openssl' && nameKind === 'source') ? [RECORD] : [];
  };
  return { asked, claims };
}

describe('the claim index', () => {
  it('says what an assessment says, and reads the claims of a package once for all its versions', async () => {
    const reader = countingReader();
    const index = createClaimIndex(reader);
    const context = { fresh: FRESH };
    for (const version of ['3.0.11-1~deb12u1', '3.0.11-1~deb12u2', '3.0.11-1~deb12u1']) {
      const { verdicts, gaps } = assess(software(version), [RECORD], context);
      expect(await index.assess(software(version), context)).toEqual({ software: software(version), verdicts, gaps });
    }
    expect(reader.asked).toHaveLength(1);
  });

  it('tells apart what differs in anything that counts', async () => {
    const index = createClaimIndex(countingReader());
    const context = { fresh: FRESH };
    expect((await index.assess(software('3.0.11-1~deb12u1'), context)).verdicts).toHaveLength(1);
    const foreign = await index.assess(software('3.0.11-1~deb12u1', { origin: 'third-party' }), context);
    expect(foreign.verdicts).toEqual([]);
    const stale = { fresh: { ...FRESH, advisories: 'stale', why: 'old' } as const };
    expect((await index.assess(software('3.0.11-1~deb12u1'), stale)).gaps).toMatchObject([
      { reason: 'stale-advisories' },
    ]);
  });
});
