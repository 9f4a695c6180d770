import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSbom, SbomError } from '../index.ts';
import { writeCycloneDx, writeSpdx } from './write.ts';

const read = (text: string) => readSbom(Buffer.from(text), 'bom.json');
const purlsOf = (text: string) => read(text).components.map(({ purl }) => purl);
const PRODUCTION = {
  subject: { name: 'web', version: '12' },
  tool: { name: 'thimble', version: '0.1.0' },
  at: new Date('2026-05-03T10:00:00.000Z'),
  serial: '6c4cbb25-4f5c-4d20-8d20-0b0f7d0d5c11',
};
const COMPONENTS = [
  {
    purl: 'pkg:npm/lodash@4.17.20',
    name: 'lodash',
    version: '4.17.20',
    locations: ['package-lock.json'],
    licences: ['MIT'],
  },
  {
    purl: 'pkg:deb/debian/openssl@3.0.11-1?arch=amd64',
    name: 'debian/openssl',
    version: '3.0.11-1',
    locations: [],
    licences: [],
  },
];
const CYCLONEDX = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  metadata: { component: { type: 'application', name: 'shop', version: '2' } },
  components: [
    {
      type: 'library',
      name: 'lodash',
      version: '4.17.20',
      purl: 'pkg:npm/lodash@4.17.20',
      licenses: [{ license: { id: 'MIT' } }],
    },
    {
      type: 'container',
      name: 'image',
      purl: 'pkg:oci/image@1',
      components: [{ type: 'library', group: 'g', name: 'n', version: '1' }],
    },
    { type: 'file', name: 'a.txt' },
    { type: 'library', name: 'noversion', purl: 'pkg:npm/noversion' },
    { type: 'library', name: 'bad', version: '1', purl: 'npm/bad' },
  ],
};

describe('CycloneDX', () => {
  it('JSON gives its components, nested ones too, and gaps for what can not be looked up', () => {
    const { format, subject, gaps } = read(JSON.stringify(CYCLONEDX));
    expect({ format, subject, gaps: gaps.map(({ what }) => what) }).toEqual({
      format: 'CycloneDX 1.5',
      subject: { name: 'shop', version: '2' },
      gaps: ['g/n', 'noversion', 'bad'],
    });
    expect(purlsOf(JSON.stringify(CYCLONEDX))).toEqual(['pkg:npm/lodash@4.17.20', 'pkg:oci/image@1']);
  });

  it('XML says the same', () => {
    const text = `<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4"><metadata><component type="application"><name>shop</name><version>2</version></component></metadata><components><component type="library"><name>lodash</name><version>4.17.20</version><licenses><license><id>MIT</id></license></licenses><purl>pkg:npm/lodash@4.17.20</purl></component></components></bom>`;
    expect(read(text)).toMatchObject({
      format: 'CycloneDX 1.4',
      subject: { name: 'shop', version: '2' },
      components: [{ purl: 'pkg:npm/lodash@4.17.20', licences: ['MIT'] }],
    });
  });

  it('is written so that it reads the same, twice the same, with vulnerabilities that name its components', () => {
    const vulnerability = {
      id: 'CVE-2021-23337',
      source: 'osv-npm',
      description: 'Command injection',
      severity: 'high',
      cvss: { score: 7.2, vector: 'CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H' },
      purls: ['pkg:npm/lodash@4.17.20'],
      recommendation: 'Update to 4.17.21',
    } as const;
    const text = writeCycloneDx(COMPONENTS, PRODUCTION, [vulnerability]);
    expect(purlsOf(text).sort()).toEqual(COMPONENTS.map(({ purl }) => purl).sort());
    expect(writeCycloneDx([...COMPONENTS].reverse(), PRODUCTION, [vulnerability])).toBe(text);
    expect(JSON.parse(text)).toMatchObject({
      specVersion: '1.6',
      vulnerabilities: [
        {
          id: 'CVE-2021-23337',
          ratings: [{ severity: 'high', score: 7.2 }],
          affects: [{ ref: 'pkg:npm/lodash@4.17.20' }],
        },
      ],
    });
  });
});

describe('SPDX', () => {
  it('2.3 in JSON is written so that it reads the same', () => {
    const text = writeSpdx(COMPONENTS, PRODUCTION);
    expect(read(text)).toMatchObject({ format: 'SPDX-2.3', subject: { name: 'web', version: '12' }, gaps: [] });
    expect(purlsOf(text)).toEqual(COMPONENTS.map(({ purl }) => purl));
    expect(JSON.parse(text)).toMatchObject({
      dataLicense: 'CC0-1.0',
      creationInfo: { created: '2026-05-03T10:00:00Z' },
    });
  });

  it('tag-value is read', () => {
    const text = [
      'SPDXVersion: SPDX-2.2',
      'DocumentName: shop',
      'PackageName: lodash',
      'PackageVersion: 4.17.20',
      'PackageLicenseDeclared: MIT',
      'ExternalRef: PACKAGE-MANAGER purl pkg:npm/lodash@4.17.20',
      'PackageName: own',
      'PackageVersion: 1',
      'FileName: ./a.txt',
    ].join('\n');
    const document = read(text);
    expect(document.components).toMatchObject([{ purl: 'pkg:npm/lodash@4.17.20', licences: ['MIT'] }]);
    expect(document.gaps.map(({ what }) => what)).toEqual(['own']);
  });
});

describe('what is no bill of materials', () => {
  it.each([
    ['{}', 'unsupported'],
    ['[]', 'unsupported'],
    ['', 'malformed'],
    ['{"bomFormat":"CycloneDX","specVersion":"2.0"}', 'unsupported'],
    ['{"spdxVersion":"SPDX-1.2"}', 'unsupported'],
    ['{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}', 'unsupported'],
    ['<html></html>', 'unsupported'],
    ['<!DOCTYPE bom [<!ENTITY a "b">]><bom/>', 'malformed'],
    ['<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components>', 'malformed'],
    ['\u0000\u0001', 'malformed'],
  ])('%s is refused as %s', (text, code) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ name: 'SbomError', code }));
  });

  it('and garbage, cut off documents and members of other kinds end in an SbomError or in gaps', () => {
    const whole = JSON.stringify(CYCLONEDX);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.nat(whole.length - 1).map((n) => whole.slice(0, n)),
          fc.json(),
        ),
        (text) => {
          try {
            expect(read(text).components).toEqual([]);
          } catch (error) {
            expect(error).toBeInstanceOf(SbomError);
          }
        },
      ),
      { seed: 5, numRuns: 1_000 },
    );
    for (const wrong of [null, 7, 'x', [1], { a: 1 }])
      expect(read(JSON.stringify({ ...CYCLONEDX, components: [wrong, wrong], metadata: wrong })).components).toEqual(
        [],
      );
  });
});
