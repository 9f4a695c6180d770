import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeRealData, gather, itemsOfFile, realData } from './testing/real-data.ts';

interface Database {
  readonly packages: readonly { pkg: { name: string; secfixes: Record<string, readonly string[] | null> } }[] | null;
}

/** Every entry of every version, with where it stands. */
function entriesOf(file: string): { name: string; version: string; entry: string }[] {
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as Database;
  return (packages ?? []).flatMap(({ pkg: { name, secfixes } }) =>
    Object.entries(secfixes).flatMap(([version, entries]) =>
      (entries ?? []).map((entry) => ({ name, version, entry })),
    ),
  );
}

/** Versions that apk does not accept, and an empty list. */
const MISPRINTS = (
  '0.12.5.-r0 0.8.21.r2 1.0.4.-r0 1.11-20-r0 1.18.-r2 1.7.5.-r1 10.2.22.r0 10.2.24.r0 10.2.26.r0 2.15.r-r1 2.7.16-33 ' +
  '4.10-1-r1 4.8.0.-r1 57-1-r2'
)
  .split(' ')
  .map((version) => `fixed in ${version}, which is no apk version`)
  .concat('version 7.4.0-r0 lists no vulnerability');

describeRealData("Alpine's security database", () => {
  it.each([
    ['alpine/secdb-2020', 18, 12_028, MISPRINTS],
    ['alpine/secdb-from-aboutcode-2024-12', 38, 24_558, []],
  ])('%s: %i files, %i repaired vulnerabilities', async (folder, files, count, misprints) => {
    const names = readdirSync(realData(folder));
    expect(names.length).toBe(files);
    let entries = 0;
    const missing: string[] = [];
    const faults: string[] = [];
    for (const name of names) {
      const file = join(realData(folder), name);
      const [release, repository] = name.replace('.json', '').split('-');
      const path = `${release}/${repository}.json`;
      const gathered = await gather(itemsOfFile('secdb-alpine', file, { role: 'database', path, packing: 'plain' }));
      faults.push(...gathered.faults);
      const claims = gathered.advisories.flatMap((advisory) => advisory.claims);
      const said = new Map<string, string[]>();
      for (const claim of claims) {
        const version =
          claim.status === 'unaffected'
            ? '0'
            : (claim.fix.version ?? /^fixed in (.*), which/.exec(claim.vendorStatus ?? '')?.[1]);
        const key = `${claim.name} ${version}`;
        said.set(key, [...(said.get(key) ?? []), ...claim.vulnerabilities]);
      }
      for (const { name: source, version, entry } of entriesOf(file)) {
        entries += 1;
        const number = /\d{4}-\d{4,}|[A-Z]+-\d+|wnpa-sec-[\d-]+/.exec(entry)?.[0];
        const ids = said.get(`${source} ${version}`) ?? [];
        if (number === undefined || !ids.some((id) => id.includes(number)))
          missing.push(`${source} ${version} ${entry}`);
      }
      expect(new Set(claims.map(({ namespace }) => namespace)).size).toBeLessThanOrEqual(1);
    }
    expect(entries).toBe(count);
    expect(missing).toEqual([]);
    expect([...new Set(faults.map((fault) => fault.replace(/^[^:]*: /, '')))].sort()).toEqual(misprints);
  });
});
