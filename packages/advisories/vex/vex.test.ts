import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assess } from '../match/assess.ts';
import { fixedIn, FRESH, record, software } from '../match/testing/records.ts';
import { readVex, VEX_LIMIT_BYTES } from './read-vex.ts';
import { statementFor } from './statement-for.ts';
import { mergedStatements, type VexDocument, type VexStatement } from './statement.ts';
import { statementsOfAssessments } from './statements-of-assessment.ts';
import { writeCsafVex } from './csaf-write.ts';
import { writeCycloneDxVex } from './cyclonedx-write.ts';

const bytes = (json: unknown) => new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json));
const PUBLICATION = {
  title: 'What affects us',
  namespace: 'https://example.org',
  at: '2026-11-01T00:00:00.000Z',
  version: 1,
};
const said = (given: Partial<VexStatement>): VexStatement => ({
  vulnerability: 'CVE-2024-0001',
  products: ['pkg:npm/example@1.0.0'],
  status: 'affected',
  justification: null,
  detail: '',
  ...given,
});
const DOCUMENT: VexDocument = {
  id: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
  author: 'Example',
  at: '2026-11-01T00:00:00.000Z',
  statements: mergedStatements([
    said({ detail: 'Update to 1.0.1' }),
    said({
      products: ['pkg:npm/%40scope/other@2.0.0'],
      status: 'not_affected',
      justification: 'vulnerable_code_not_in_execute_path',
      detail: 'never called',
    }),
    said({ vulnerability: 'GHSA-aaaa-bbbb-cccc', status: 'fixed' }),
    said({ vulnerability: 'CVE-2024-0002', status: 'under_investigation' }),
    said({ vulnerability: 'CVE-2024-0003', status: 'not_affected', justification: 'vulnerable_code_not_present' }),
  ]),
};

describe('a document that is written', () => {
  it('as CycloneDX reads back the same', () => {
    expect(readVex(bytes(writeCycloneDxVex(DOCUMENT)))).toEqual({
      format: 'cyclonedx',
      document: DOCUMENT,
      faults: [],
    });
  });

  it('as CSAF reads back the same', () => {
    expect(readVex(bytes(writeCsafVex(DOCUMENT, PUBLICATION)))).toEqual({
      format: 'csaf',
      document: DOCUMENT,
      faults: [],
    });
  });

  it('as CSAF has what the VEX profile demands (CSAF 2.0, 4.5)', () => {
    const csaf = JSON.parse(writeCsafVex(DOCUMENT, PUBLICATION)) as {
      document: object;
      vulnerabilities: {
        cve?: string;
        ids?: object[];
        notes: object[];
        product_status: Record<string, string[]>;
        flags?: object[];
        threats?: object[];
        remediations?: { product_ids: string[] }[];
      }[];
    };
    expect(csaf.document).toEqual({
      category: 'csaf_vex',
      csaf_version: '2.0',
      title: 'What affects us',
      publisher: { category: 'user', name: 'Example', namespace: 'https://example.org' },
      tracking: {
        id: DOCUMENT.id,
        status: 'final',
        version: '1',
        initial_release_date: PUBLICATION.at,
        current_release_date: PUBLICATION.at,
        revision_history: [{ date: PUBLICATION.at, number: '1', summary: 'Made from the verdicts of this day' }],
      },
    });
    for (const vulnerability of csaf.vulnerabilities) {
      expect(vulnerability.cve ?? vulnerability.ids).toBeDefined();
      expect(vulnerability.notes.length).toBeGreaterThan(0);
      const { known_affected: affected = [], known_not_affected: not = [] } = vulnerability.product_status;
      // Each affected product has an action, each one that is not has a flag or an impact.
      expect(vulnerability.remediations?.flatMap((each) => each.product_ids) ?? []).toEqual(affected);
      if (not.length > 0)
        expect([...(vulnerability.flags ?? []), ...(vulnerability.threats ?? [])].length).toBeGreaterThan(0);
    }
  });

  it('of any statements reads back the same, in both formats', () => {
    const statement = fc.record({
      vulnerability: fc.constantFrom('CVE-2024-0001', 'CVE-2024-0002', 'GHSA-aaaa-bbbb-cccc', '__proto__'),
      product: fc.constantFrom(
        'pkg:npm/a@1',
        'pkg:npm/b@2',
        'pkg:deb/debian/c@3?arch=amd64&distro=debian-12',
        'pkg:npm/__proto__@1',
      ),
      status: fc.constantFrom('affected', 'fixed', 'under_investigation', 'not_affected'),
      detail: fc.constantFrom('some', 'other words'),
    });
    // One status for each product and vulnerability: a document that contradicts itself has no meaning to keep.
    const statements = fc
      .uniqueArray(statement, { selector: ({ vulnerability, product }) => `${vulnerability} ${product}` })
      .map((list) =>
        mergedStatements(
          list.map(({ vulnerability, product, status, detail }) =>
            said({
              vulnerability,
              products: [product],
              status,
              detail: status === 'affected' || status === 'not_affected' ? detail : '',
            }),
          ),
        ),
      );
    fc.assert(
      fc.property(statements, (list) => {
        const document = { ...DOCUMENT, statements: list };
        expect(readVex(bytes(writeCycloneDxVex(document))).document.statements).toEqual(list);
        expect(readVex(bytes(writeCsafVex(document, PUBLICATION))).document.statements).toEqual(list);
      }),
      { seed: 4 },
    );
  });
});

describe("others' CycloneDX", () => {
  const read = (vulnerabilities: unknown, components: unknown = [{ 'bom-ref': 'c1', purl: 'pkg:npm/a@1' }]) =>
    readVex(bytes({ bomFormat: 'CycloneDX', specVersion: '1.5', components, vulnerabilities }));

  it.each([
    ['exploitable', undefined, 'affected', null],
    ['false_positive', undefined, 'not_affected', null],
    ['not_affected', 'protected_at_runtime', 'not_affected', 'inline_mitigations_already_exist'],
    ['not_affected', 'new_word', 'not_affected', null],
    ['resolved_with_pedigree', undefined, 'fixed', null],
    ['in_triage', undefined, 'under_investigation', null],
  ])('%s %s', (state, justification, status, expected) => {
    const { document } = read([{ id: 'CVE-2024-0001', analysis: { state, justification }, affects: [{ ref: 'c1' }] }]);
    expect(document.statements).toEqual([
      said({
        products: ['pkg:npm/a@1'],
        status: status as VexStatement['status'],
        justification: expected as VexStatement['justification'],
      }),
    ]);
  });

  it('finds components inside components', () => {
    const nested = [{ components: [{ components: [{ 'bom-ref': 'deep', purl: 'pkg:npm/deep@1' }] }] }];
    const { document } = read(
      [{ id: 'CVE-2024-0001', analysis: { state: 'exploitable' }, affects: [{ ref: 'deep' }] }],
      nested,
    );
    expect(document.statements[0]?.products).toEqual(['pkg:npm/deep@1']);
  });

  it("tells what it can't use, and keeps the rest", () => {
    const { document, faults } = read([
      { id: 'CVE-2024-0001' },
      { id: 7 },
      { id: 'CVE-2024-0002', analysis: { state: 'exploitable' }, affects: [{ ref: 'constructor' }] },
      { id: 'CVE-2024-0003', analysis: { state: 'exploitable' }, affects: [{ ref: 'c1' }] },
    ]);
    expect(document.statements.map(({ vulnerability }) => vulnerability)).toEqual(['CVE-2024-0003']);
    expect(faults).toEqual([
      'CVE-2024-0001: its analysis states no known state',
      'an entry of vulnerabilities is not built as the format says',
      "CVE-2024-0002: 'constructor' is no component with a package URL of this document",
    ]);
  });

  it('is refused when components are nested without end', () => {
    let deep: object = {};
    for (let level = 0; level < 1_000; level += 1) deep = { components: [deep] };
    expect(() => read([], [deep])).toThrow(expect.objectContaining({ name: 'FeedError', code: 'too-large' }));
  });
});

describe("others' CSAF", () => {
  const csaf = (category: string, vulnerabilities: unknown, tree: unknown = {}) => ({
    document: {
      category,
      csaf_version: '2.0',
      title: 't',
      publisher: { name: 'p' },
      tracking: { id: 'X-1', status: 'final' },
    },
    product_tree: tree,
    vulnerabilities,
  });
  const tree = {
    branches: [
      {
        category: 'vendor',
        name: 'v',
        branches: [
          {
            category: 'product_version',
            name: '1',
            product: { name: 'a', product_id: 'a', product_identification_helper: { purl: 'pkg:rpm/redhat/a@1' } },
          },
        ],
      },
      { category: 'product_name', name: 'r', product: { name: 'r', product_id: 'r' } },
    ],
    relationships: [
      {
        category: 'default_component_of',
        product_reference: 'a',
        relates_to_product_reference: 'r',
        full_product_name: { product_id: 'r:a', name: 'a of r' },
      },
    ],
  };

  it('names products by relationship, and tells those without a package URL', () => {
    const { document, faults } = readVex(
      bytes(
        csaf(
          'csaf_vex',
          [
            {
              cve: 'CVE-2024-0001',
              product_status: { known_not_affected: ['r:a', 'r'] },
              flags: [{ label: 'component_not_present', product_ids: ['r:a'] }],
            },
            { product_status: { fixed: ['a'] } },
          ],
          tree,
        ),
      ),
    );
    expect(document.statements).toEqual([
      said({ products: ['pkg:rpm/redhat/a@1'], status: 'not_affected', justification: 'component_not_present' }),
    ]);
    expect(faults).toEqual([
      "CVE-2024-0001: product 'r' has no package URL",
      'a vulnerability has neither a CVE nor another usable id',
    ]);
  });

  it('that makes no statements is refused', () => {
    expect(() => readVex(bytes(csaf('csaf_informational_advisory', [])))).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
  });
});

describe('a hostile document', () => {
  it.each([
    ['no JSON', '{', 'malformed'],
    ['a list', '[]', 'malformed'],
    ['something else', '{"a":1}', 'unsupported'],
    ['CycloneDX of another type', '{"bomFormat":"CycloneDX","specVersion":7}', 'malformed'],
    ['CSAF of another version', '{"document":{"csaf_version":"9"}}', 'malformed'],
    ['deep nesting', `{"bomFormat":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 'malformed'],
    ['prototype names', '{"document":{"__proto__":{"category":"csaf_vex"}}}', 'malformed'],
  ])('%s is refused with a typed error', (_title, text, code) => {
    expect(() => readVex(bytes(text))).toThrow(expect.objectContaining({ name: 'FeedError', code }));
  });

  it('too large is refused before it is parsed', () => {
    const huge = { byteLength: VEX_LIMIT_BYTES + 1 } as Uint8Array;
    expect(() => readVex(huge)).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  it('of random content throws nothing but a FeedError', () => {
    const start = fc.constantFrom(
      '',
      '{"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":',
      '{"document":',
    );
    const attempt = (content: Uint8Array) => {
      try {
        readVex(content);
      } catch (error) {
        expect(error).toMatchObject({ name: 'FeedError' });
      }
    };
    fc.assert(
      fc.property(start, fc.json(), (before, json) => attempt(bytes(before === '' ? json : `${before}${json}}`))),
      { seed: 1 },
    );
    fc.assert(fc.property(fc.uint8Array(), attempt), { seed: 2 });
  });
});

describe('a statement for a product', () => {
  const statements = [
    said({ products: ['pkg:npm/a'], status: 'not_affected' }),
    said({ products: ['pkg:npm/a@1.0.0'], status: 'affected' }),
    said({ products: ['pkg:deb/debian/b?distro=debian-12'], status: 'fixed' }),
    said({ vulnerability: 'CVE-2024-0002', products: ['nonsense', 'pkg:npm/a@1.0.0'], status: 'fixed' }),
  ];
  it.each([
    ['CVE-2024-0001', 'pkg:npm/a@2.0.0', 'not_affected'],
    ['CVE-2024-0001', 'pkg:npm/a@1.0.0', 'affected'],
    ['CVE-2024-0002', 'pkg:npm/a@1.0.0', 'fixed'],
    ['CVE-2024-0002', 'pkg:npm/a@2.0.0', undefined],
    ['CVE-2024-0001', 'pkg:deb/debian/b@1?arch=amd64&distro=debian-12', 'fixed'],
    ['CVE-2024-0001', 'pkg:deb/debian/b@1?distro=debian-11', undefined],
    ['CVE-2024-0001', 'pkg:npm/%40scope/a@1.0.0', undefined],
    ['CVE-2024-0001', 'nonsense', undefined],
  ])('%s in %s: %s', (vulnerability, purl, status) => {
    expect(statementFor(statements, vulnerability, purl)?.status).toBe(status);
  });
});

describe('statements from verdicts', () => {
  const assessment = assess(
    software(),
    [
      record(fixedIn('1.0-2'), { vulnerability: 'CVE-2024-0001' }),
      record(fixedIn('1.0-1'), { vulnerability: 'CVE-2024-0002' }),
      record({ status: 'unaffected' }, { vulnerability: 'CVE-2024-0003' }),
      record({ status: 'under-investigation' }, { vulnerability: 'CVE-2024-0004' }),
    ],
    { fresh: FRESH },
  );
  const exception = {
    vulnerability: 'CVE-2024-0001',
    package: null,
    endpoint: null,
    owner: 'ops',
    reason: 'no such call',
    expiresAt: '2027-01-01',
    revokedAt: null,
  };
  const brief = (statements: readonly VexStatement[]) =>
    statements.map(({ vulnerability, status, detail }) => `${vulnerability} ${status} ${detail}`.trim());

  it('say what was concluded', () => {
    expect(brief(statementsOfAssessments([assessment], () => null))).toEqual([
      'CVE-2024-0001 affected Update to 1.0-2',
      'CVE-2024-0002 fixed',
      'CVE-2024-0003 not_affected',
      'CVE-2024-0004 under_investigation',
    ]);
  });

  it('and what an organisation has decided: an accepted risk stays affected', () => {
    const decided = (kind: 'accepted' | 'not-affected', justification: string | null) =>
      statementsOfAssessments([assessment], (_assessment, verdict) =>
        verdict.vulnerability === 'CVE-2024-0001' ? { ...exception, kind, justification } : null,
      )[0];
    expect(decided('accepted', null)).toMatchObject({
      status: 'affected',
      detail: 'Update to 1.0-2. Risk accepted by ops until 2027-01-01: no such call',
    });
    expect(decided('not-affected', 'vulnerable_code_not_in_execute_path')).toMatchObject({
      status: 'not_affected',
      justification: 'vulnerable_code_not_in_execute_path',
      detail: 'no such call',
    });
  });
});
