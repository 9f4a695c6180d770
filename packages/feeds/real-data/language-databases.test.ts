import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Advisory, FeedDocument } from '@thimble/advisories';
import { orderVersions } from '@thimble/versions';
import { expect, it } from 'vitest';
import { describeRealData, feedOf, gather, itemsOfFile, realData, type Gathered } from './testing/real-data.ts';

type Fields = Readonly<Record<string, unknown>>;

const lines = (file: string): Fields[] =>
  gunzipSync(readFileSync(realData(file)))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Fields);

/** The repository that the lines were made from: the same files under the same names. */
function repository(records: readonly { readonly name: string; readonly text: string }[]): FeedDocument {
  const notPlain = (): never => {
    throw new TypeError('an archive');
  };
  return {
    request: { path: 'repository', role: 'archive', packing: 'tar.gz', limitBytes: 1_000_000_000 },
    chunks: notPlain,
    bytes: notPlain,
    entries: async function* () {
      for (const { name, text } of records) {
        const bytes = Buffer.from(text);
        yield { name: `repository/${name}`, sizeBytes: bytes.length, bytes: () => Promise.resolve(bytes) };
      }
    },
  };
}

const readAll = (feed: string, document: FeedDocument): Promise<Gathered> =>
  gather(feedOf(feed).read(document, { watermark: null, now: new Date('2026-11-22T12:00:00Z'), namespaces: null }));

/** JSON's strings, lists and numbers are TOML's; only tables are written differently. */
function toml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)} = ${toml(member)}`)
    .join(', ')} }`;
}

const rustsec = (): Promise<Gathered> =>
  readAll(
    'rustsec',
    repository(
      lines('osv-rust/rustsec.jsonl.gz').map(({ path, text, ...front }) => ({
        name: String(path),
        text: `\`\`\`toml\n${Object.entries(front)
          .map(([key, value]) => `${key} = ${toml(value)}`)
          .join('\n')}\n\`\`\`\n\n${String(text)}`,
      })),
    ),
  );

describeRealData('RustSec', () => {
  it('1,225 advisories, 13 withdrawn, 476 informational, all understood', async () => {
    const { advisories, faults } = await rustsec();
    expect(faults).toEqual([]);
    expect(advisories.length).toBe(1_225);
    expect(advisories.filter(({ withdrawn }) => withdrawn !== null).length).toBe(13);
    expect(advisories.filter(({ claims }) => claims[0]?.vendorStatus !== null).length).toBe(476);
  });

  it("says the same about every border as RustSec's own OSV records", async () => {
    const ours = new Map((await rustsec()).advisories.map((advisory) => [advisory.id, advisory]));
    const theirs = await gather(
      itemsOfFile('osv-crates-io', realData('osv-mixed/crates-io.zip'), {
        role: 'archive',
        path: 'all.zip',
        packing: 'zip',
      }),
    );
    const pairs = theirs.advisories.flatMap((other) => {
      const own = ours.get(other.id);
      return own === undefined ? [] : [{ id: other.id, own, other }];
    });
    expect(pairs.length).toBe(814);
    // Both were corrected between the two dates.
    expect(pairs.filter(({ own, other }) => !agree(own, other)).map(({ id }) => id)).toEqual([
      'RUSTSEC-2018-0019',
      'RUSTSEC-2025-0142',
    ]);
  });
});

function agree(a: Advisory, b: Advisory): boolean {
  const borders = [a, b].flatMap(({ claims }) =>
    (claims[0]?.intervals ?? []).flatMap(({ introduced, fixed, lastAffected }) => [introduced, fixed, lastAffected]),
  );
  const versions = ['0.0.0', '0.0.1', '999.0.0', ...borders.filter((border) => border !== null)];
  return versions.every((version) => holds(a, version) === holds(b, version));
}

function holds({ claims }: Advisory, version: string): boolean {
  const order = (border: string): number => {
    const result = orderVersions('cargo', version, border);
    return 'order' in result ? result.order : Number.NaN;
  };
  return (claims[0]?.intervals ?? []).some(
    ({ introduced, fixed, lastAffected }) =>
      (introduced === null || order(introduced) >= 0) &&
      (fixed === null || order(fixed) < 0) &&
      (lastAffected === null || order(lastAffected) <= 0),
  );
}

describeRealData('other databases of language packages', () => {
  it('RubySec: 1,381 advisories; of six the versions stay undecided', async () => {
    // JSON is YAML.
    const records = lines('osv-ruby/ruby-advisory-db.jsonl.gz').map(({ path, ...fields }) => ({
      name: String(path),
      text: JSON.stringify(fields),
    }));
    const { advisories, faults } = await readAll('rubysec', repository(records));
    expect(advisories.length).toBe(1_381);
    // Two declare every version safe, four have MRI's patch levels.
    expect(faults.map((fault) => fault.replace(/^.*understood: /, '').replace(/\d[\d.]*\d/g, '9')).sort()).toEqual([
      '>= 9-p2',
      '>= 9.p9',
      'no version is left',
      'no version is left',
      '~> 9-p2',
      '~> 9.p9',
    ]);
  });

  it('npm: 195 advisories of 80 packages', async () => {
    const file = { role: 'bulk', path: 'bulk', packing: 'plain' } as const;
    const { advisories, faults } = await gather(itemsOfFile('npm-audit', realData('npm-advisories/bulk.json'), file));
    expect(faults).toEqual([]);
    expect(advisories.length).toBe(195);
    expect(new Set(advisories.map(({ claims }) => claims[0]?.name)).size).toBe(80);
  });

  it('Node.js: 171 records', async () => {
    const file = { role: 'index', path: 'index.json', packing: 'plain' } as const;
    const { advisories, faults } = await gather(itemsOfFile('nodejs-core', realData('nodejs/core.json'), file));
    expect(faults).toEqual([]);
    expect(advisories.length).toBe(171);
  });

  it('Retire.js: 723 vulnerabilities of 76 components, one of them there twice', async () => {
    const file = { role: 'repository', path: 'jsrepository-v6.json', packing: 'gzip' } as const;
    const path = realData('retirejs/jsrepository-v6.json.gz');
    const { advisories, faults } = await gather(itemsOfFile('retirejs', path, file));
    expect(faults).toEqual(['ua-parser-js/1: the vulnerability is there twice']);
    expect(advisories.length + faults.length).toBe(723);
    const components = JSON.parse(gunzipSync(readFileSync(path)).toString()) as Record<
      string,
      { vulnerabilities: unknown[] }
    >;
    expect(Object.keys(components).length).toBe(76);
  });
});
