import { describe, expect, it } from 'vitest';
import { configurationClaims } from './configuration-claims.ts';
import type { CpeMatch } from './configuration-schema.ts';

const cpe = (name: string, version = '*', rest = '*:*:*:*:*:*:*') => `cpe:2.3:a:example:${name}:${version}:${rest}`;
const match = (criteria: string, bounds: Partial<CpeMatch> = {}): CpeMatch => ({
  vulnerable: true,
  criteria,
  ...bounds,
});
const one = (...cpeMatch: CpeMatch[]) => configurationClaims([{ nodes: [{ operator: 'OR', cpeMatch }] }]);

describe('configurationClaims', () => {
  it('makes a range an interval whose excluded end is the fix', () => {
    expect(one(match(cpe('app'), { versionStartIncluding: '2.0', versionEndExcluding: '2.4' })).claims).toMatchObject([
      {
        status: 'affected',
        namespace: 'cpe',
        name: 'example:app',
        intervals: [{ introduced: '2.0', fixed: '2.4', lastAffected: null }],
        fix: { state: 'fixed', version: '2.4' },
      },
    ]);
  });

  it('states that an excluded start is not affected', () => {
    const { claims } = one(match(cpe('app'), { versionStartExcluding: '3.0', versionEndIncluding: '3.2' }));
    expect(claims).toMatchObject([
      { status: 'affected', intervals: [{ introduced: '3.0', fixed: null, lastAffected: '3.2' }] },
      { status: 'unaffected', versions: ['3.0'] },
    ]);
  });

  it('lists exact versions of one product together, with their updates', () => {
    const { claims } = one(
      match(cpe('app', '1.0', 'rc1:*:*:*:*:*:*')),
      match(cpe('app', '8.5', 'p1:*:*:*:*:*:*')),
      match(cpe('app', '1.0', '-:*:*:*:*:*:*')),
      match(cpe('app', '1.0', '2:*:*:*:*:*:*')),
    );
    expect(claims).toMatchObject([{ versions: ['1.0rc1', '8.5p1', '1.0', '1.0-2'] }]);
  });

  it.each([
    ['no version', match(cpe('app', '-')), 'no version is stated'],
    ['a pattern', match(cpe('app', '1.*')), 'the version is a pattern'],
    [
      'a boundary in words',
      match(cpe('app'), { versionEndExcluding: 'the latest' }),
      'affected, but the latest is no generic version',
    ],
  ])('leaves %s undecided, with the reason', (_what, stated, reason) => {
    expect(one(stated).claims).toMatchObject([
      { status: 'under-investigation', vendorStatus: reason, intervals: [], versions: [] },
    ]);
  });

  it('takes hardware without a version as all of it', () => {
    expect(one(match('cpe:2.3:h:dlink:dir-600:-:*:*:*:*:*:*:*')).claims).toMatchObject([
      { status: 'affected', name: 'dlink:dir-600', intervals: [], versions: [] },
    ]);
  });

  it('requires one match of each other node of an AND configuration', () => {
    const { claims } = configurationClaims([
      {
        operator: 'AND',
        nodes: [
          { operator: 'OR', cpeMatch: [match(cpe('firmware'), { versionEndExcluding: '2' })] },
          {
            operator: 'OR',
            cpeMatch: [
              { ...match(cpe('device', '-')), vulnerable: false },
              { ...match(cpe('other', '-')), vulnerable: false },
            ],
          },
        ],
      },
    ]);
    expect(claims.length).toBe(1);
    expect(claims[0]?.requires.map((group) => group.map(({ cpe: name }) => name))).toEqual([
      [cpe('device', '-'), cpe('other', '-')],
    ]);
  });

  it('requires each of the others in an AND node', () => {
    const { claims } = configurationClaims([
      {
        nodes: [{ operator: 'AND', cpeMatch: [match(cpe('a', '1')), { ...match(cpe('b', '2')), vulnerable: false }] }],
      },
    ]);
    expect(claims.map(({ name, requires }) => [name, requires.map((group) => group.map((one) => one.cpe))])).toEqual([
      ['example:a', [[cpe('b', '2')]]],
    ]);
  });

  it('requires what the product runs in', () => {
    const [claim] = one(match(cpe('forms', '*', '*:*:*:*:wordpress:*:*'), { versionEndIncluding: '4' })).claims;
    expect(claim?.requires).toEqual([[{ cpe: 'cpe:2.3:*:*:wordpress:*:*:*:*:*:*:*:*', intervals: [] }]]);
  });

  it('leaves negated configurations, and ones beyond what a claim holds, undecided', () => {
    const node = { operator: 'OR' as const, cpeMatch: [match(cpe('app', '1'))] };
    const many = Array.from({ length: 5_001 }, (_none, index) => ({ ...match(cpe(`d${index}`)), vulnerable: false }));
    expect(configurationClaims([{ negate: true, nodes: [node] }]).claims).toMatchObject([
      { status: 'under-investigation', vendorStatus: 'the configuration is negated' },
    ]);
    const large = configurationClaims([{ operator: 'AND', nodes: [node, { operator: 'OR', cpeMatch: many }] }]);
    expect(large.claims).toMatchObject([{ status: 'under-investigation', requires: [] }]);
  });

  it('tells what is no CPE', () => {
    expect(one(match('cpe:/a:example')).unreadable).toEqual(['cpe:/a:example']);
  });
});
