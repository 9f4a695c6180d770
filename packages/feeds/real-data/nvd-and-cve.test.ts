import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { itemsOfBytes, itemsOfEntries } from './testing/in-memory.ts';
import { describeRealData, gather, realData } from './testing/real-data.ts';

interface NvdMatch {
  readonly vulnerable: boolean;
  readonly criteria: string;
}
interface NvdDocument {
  readonly vulnerabilities: readonly {
    readonly cve: {
      readonly id: string;
      readonly configurations: readonly { readonly nodes: readonly { readonly cpeMatch: readonly NvdMatch[] }[] }[];
    };
  }[];
}

const text = (path: string): string => gunzipSync(readFileSync(realData(path))).toString('utf8');
const lines = (path: string): string[] => text(path).trimEnd().split('\n');
/** Vendor and product, the crude way: enough for names without escapes. */
const nameOf = (criteria: string): string => criteria.split(':').slice(3, 5).join(':');

describeRealData('NVD 2.0', () => {
  it('has 91 CVEs and 1,553 matches; every vulnerable match of every CVE is in a claim, and no other product is', async () => {
    const content = text('nvd/nvdcve-2.0-slice.json.gz');
    const document = JSON.parse(content) as NvdDocument;
    const { advisories, facts, faults } = await gather(
      itemsOfBytes('nvd', Buffer.from(content), { role: 'records', path: 'slice' }),
    );
    expect([advisories.length, facts.length, faults]).toEqual([91, 91, []]);
    let matches = 0;
    const differences: string[] = [];
    for (const { cve } of document.vulnerabilities) {
      const all = cve.configurations.flatMap(({ nodes }) => nodes.flatMap(({ cpeMatch }) => cpeMatch));
      matches += all.length;
      const vulnerable = all.filter((match) => match.vulnerable);
      const claims = advisories.find(({ id }) => id === cve.id)?.claims ?? [];
      const names = [
        ...new Set(vulnerable.map(({ criteria }) => nameOf(criteria)).filter((name) => !name.includes('\\'))),
      ];
      const claimed = new Set(claims.map(({ name }) => name));
      for (const name of names) if (!claimed.has(name)) differences.push(`${cve.id}: ${name} is lost`);
      // A match is a range, an open claim, or one of a list; an excluded start adds one that is unaffected.
      const said = claims
        .filter(({ status }) => status !== 'unaffected')
        .reduce((sum, claim) => sum + Math.max(claim.versions.length, 1), 0);
      const distinct = new Set(vulnerable.map((match) => JSON.stringify({ ...match, matchCriteriaId: '' }))).size;
      if (said > vulnerable.length || said < distinct - 60) differences.push(`${cve.id}: ${said} of ${distinct}`);
    }
    expect(matches).toBe(1_553);
    expect(differences).toEqual([]);
  });

  it('has 32,184 overrides, none of them a fault', async () => {
    const records = lines('nvd/anchore-nvd-overrides.jsonl.gz');
    const entries = records.map((line) => {
      const id = /"cve_id":"(CVE-[\d-]+)"/.exec(line)?.[1] ?? '';
      return { name: `main/data/2024/${id}.json`, bytes: Buffer.from(line) };
    });
    const { advisories, faults } = await gather(
      itemsOfEntries('nvd-overrides', entries, { role: 'archive', path: 'main' }),
    );
    expect([advisories.length, faults]).toEqual([32_184, []]);
    const placeholders = advisories.filter(({ claims }) => claims.some(({ name }) => name === 'null:null'));
    expect(placeholders).toEqual([]);
  });
});

describeRealData('CVE records with CISA’s SSVC', () => {
  it.each([
    ['vulnrichment/cve5-all.jsonl.gz', 44_130],
    ['vulnrichment/cve5-network-and-appliance.jsonl.gz', 3_620],
    ['vulnrichment/cve5-kev.jsonl.gz', 263],
  ])('%s: %i records, the same decision points as the table', async (path, count) => {
    const entries = lines(path).map((line) => {
      const id = /"cveId":"(CVE-[\d-]+)"/.exec(line)?.[1] ?? '';
      return { name: `develop/${id}.json`, bytes: Buffer.from(line) };
    });
    const { facts, faults } = await gather(
      itemsOfEntries('cve-vulnrichment', entries, { role: 'archive', path: 'develop' }),
    );
    expect(faults).toEqual([]);
    expect(facts.filter(({ body }) => body.kind === 'description').length).toBe(count);
    const points = new Map(
      facts.flatMap(({ body }) =>
        body.kind === 'ssvc'
          ? [
              [
                body.vulnerability,
                [body.exploitation, body.automatable ? 'yes' : 'no', body.technicalImpact].join(),
              ] as const,
            ]
          : [],
      ),
    );
    const [, ...rows] = lines('vulnrichment/ssvc.tsv.gz');
    const table = new Map(
      rows.map((row) => {
        const [cve = '', exploitation = '', automatable = '', impact = ''] = row.toLowerCase().split('\t');
        return [cve.toUpperCase(), [exploitation, automatable, impact].join()] as const;
      }),
    );
    const ids = new Set(facts.map(({ body }) => (body.kind === 'description' ? body.vulnerability : '')));
    const differences = [...ids].filter((id) => id !== '' && (points.get(id) ?? ',,') !== (table.get(id) ?? ',,'));
    expect(differences).toEqual([]);
  });
});
