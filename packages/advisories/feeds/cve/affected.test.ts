import { describe, expect, it } from 'vitest';
import { affectedClaims } from './affected.ts';
import type { AffectedProduct } from './schema.ts';

const CPE = 'cpe:2.3:o:example:os:*:*:*:*:*:*:*:*';
const claims = (versions: AffectedProduct['versions'] | null, defaultStatus = 'unknown', cpes = [CPE]) =>
  affectedClaims({ cpes, defaultStatus, ...(versions == null ? {} : { versions }) }).map((claim) => [
    claim.status,
    ...claim.intervals.map(
      ({ introduced, fixed, lastAffected }) => `${introduced ?? ''}…${fixed ?? lastAffected ?? ''}`,
    ),
    ...claim.versions,
    ...(claim.vendorStatus === null ? [] : [claim.vendorStatus]),
  ]);

describe('affectedClaims', () => {
  it.each<[string, AffectedProduct['versions'], string[][]]>([
    ['lessThan', [{ status: 'affected', version: '1.0', lessThan: '1.4' }], [['affected', '1.0…1.4']]],
    ['lessThanOrEqual', [{ status: 'affected', version: '0', lessThanOrEqual: '1.4' }], [['affected', '…1.4']]],
    ['no end', [{ status: 'affected', version: '2.0', lessThan: '*' }], [['affected', '2.0…']]],
    ['all', [{ status: 'affected', version: '*' }], [['affected']]],
    ['one version', [{ status: 'affected', version: '2.2\\(1\\)a' }], [['affected', '2.2(1)a']]],
    [
      'a change',
      [{ status: 'affected', version: '3.0', lessThan: '4.0', changes: [{ at: '3.1.1', status: 'unaffected' }] }],
      [['affected', '3.0…3.1.1']],
    ],
    ['what is not affected', [{ status: 'unaffected', version: '4.0' }], [['unaffected', '4.0']]],
    ['what nobody knows', [{ status: 'unknown', version: '4.0' }], []],
    [
      'words',
      [{ status: 'affected', version: 'n/a' }],
      [['under-investigation', 'affected, in words that are not a range: n/a']],
    ],
    [
      'a boundary in words',
      [{ status: 'affected', version: '1.0', lessThan: 'publication' }],
      [['under-investigation', 'affected, but publication is no generic version']],
    ],
  ])('reads %s', (_what, versions, expected) => {
    expect(claims(versions)).toEqual(expected);
  });

  it('reads `everything but`, where it has one meaning', () => {
    expect(claims(null, 'affected')).toEqual([['affected']]);
    expect(claims([{ status: 'unaffected', version: '4.2', lessThan: '*' }], 'affected')).toEqual([
      ['affected', '…4.2'],
    ]);
    expect(claims([{ status: 'unaffected', version: '4.2' }], 'affected')[0]?.[0]).toBe('under-investigation');
  });

  it('says nothing of products without a CPE name, and one thing of one product with many', () => {
    const versions = [{ status: 'affected', version: '1.0' }];
    expect(claims(versions, 'unknown', [])).toEqual([]);
    expect(claims(versions, 'unknown', [CPE, CPE.replace('os:*', 'os:1.0'), 'nonsense'])).toEqual([
      ['affected', '1.0'],
    ]);
  });
});
