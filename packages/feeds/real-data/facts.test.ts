import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { describeRealData, gather, itemsOfFile, realData } from './testing/real-data.ts';

describeRealData('facts', () => {
  it('KEV: 1,674 entries', async () => {
    const file = realData('kev/known_exploited_vulnerabilities.json.gz');
    const { facts, faults } = await gather(
      itemsOfFile('kev', file, { role: 'catalogue', path: 'kev', packing: 'gzip' }),
    );
    expect([facts.length, faults]).toEqual([1_674, []]);
    const raw = JSON.parse(gunzipSync(readFileSync(file)).toString()) as {
      vulnerabilities: { cveID: string; dateAdded: string; dueDate: string; knownRansomwareCampaignUse: string }[];
    };
    expect(
      facts.map(({ body }) =>
        body.kind === 'kev' ? [body.vulnerability, body.addedOn, body.dueOn, body.ransomware === true] : [],
      ),
    ).toEqual(
      raw.vulnerabilities.map((entry) => [
        entry.cveID,
        entry.dateAdded,
        entry.dueDate,
        entry.knownRansomwareCampaignUse === 'Known',
      ]),
    );
  });

  it('EPSS: 360,142 scores, row by row', { timeout: 120_000 }, async () => {
    let facts = 0;
    let sum = 0;
    const faults: string[] = [];
    const days = new Set<string | null>();
    const items = itemsOfFile('epss', realData('epss/epss_scores-2026-08-16.csv.gz'), {
      role: 'scores',
      path: 'epss',
      packing: 'gzip',
    });
    for await (const item of items) {
      if (item.kind === 'fault') faults.push(item.reason);
      if (item.kind !== 'fact' || item.fact.body.kind !== 'epss') continue;
      facts += 1;
      sum += item.fact.body.probability;
      days.add(item.fact.body.scoredOn);
    }
    expect([facts, faults, [...days]]).toEqual([360_142, [], ['2026-08-16']]);
    // zcat epss_scores-2026-08-16.csv.gz | awk -F, 'NR>2 {s+=$2} END {print s}'
    expect(sum).toBeCloseTo(10177.5, 0);
  });

  it('exploit availability: 115,049 vulnerabilities', { timeout: 120_000 }, async () => {
    const file = realData('exploit-info/exploit-availability.tsv.gz');
    const { facts, faults } = await gather(
      itemsOfFile('exploits', file, { role: 'table', path: 'e', packing: 'gzip' }),
    );
    expect([facts.length, faults]).toEqual([115_049, []]);
    // The second column counts what the third one says by source.
    const stated = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n').slice(1);
    const references = stated.reduce((total, row) => total + Number(row.split('\t')[1]), 0);
    const counted = facts.reduce(
      (total, { body }) =>
        total + (body.kind === 'exploit' ? body.sources.reduce((sum, { count }) => sum + count, 0) : 0),
      0,
    );
    expect(counted).toBe(references);
  });

  it('endoflife.date: 464 products, 8,351 cycles', async () => {
    const { facts, faults } = await gather(
      itemsOfFile('endoflife', realData('endoflife/products.json.gz'), {
        role: 'sources',
        path: 'products.json',
        packing: 'gzip',
      }),
    );
    const subjects = facts.flatMap(({ body }) => (body.kind === 'support' ? [body.subject] : []));
    const cycles = subjects.filter((subject) => subject.startsWith('product:'));
    expect(faults).toEqual([]);
    expect([cycles.length, new Set(cycles.map((subject) => subject.split(':')[1])).size]).toEqual([8_351, 464]);
    expect(new Set(subjects).size).toBe(subjects.length);
    const debian = facts.find(({ body }) => body.kind === 'support' && body.subject === 'debian:12');
    expect(debian?.body).toMatchObject({ endsOn: '2026-07-11', extendedEndsOn: '2028-06-30' });
  });

  it.each([
    ['debian', 22, ['experimental', 'sid', '14', '15']],
    ['ubuntu', 45, []],
  ])('distro-info: %s.csv', async (distribution, count, unstated) => {
    const file = realData(`debian/support/${distribution}.csv`);
    const rows = readFileSync(file, 'utf8').trim().split('\n').length - 1;
    const { facts, faults } = await gather(
      itemsOfFile('distro-info', file, { role: distribution, path: `${distribution}.csv`, packing: 'plain' }),
    );
    expect([facts.length, rows, faults]).toEqual([count, count, []]);
    const open = facts.flatMap(({ body }) => (body.kind === 'support' && body.endsOn === null ? [body.subject] : []));
    expect(open.sort()).toEqual(unstated.map((release) => `${distribution}:${release}`).sort());
  });

  it.each([
    ['security-support-ended.deb9', 'ended'],
    ['security-support-ended.deb10', 'ended'],
    ['security-support-ended.deb11', 'ended'],
    ['security-support-ended.deb12', 'ended'],
    ['security-support-limited', 'limited'],
  ])('debian-security-support: each line of %s', async (name, role) => {
    const file = realData(`debian/support/${name}`);
    const rows = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('#'));
    const { facts, faults } = await gather(itemsOfFile('debian-support', file, { role, path: name, packing: 'plain' }));
    expect([facts.length, faults]).toEqual([rows.length, []]);
    expect(facts.map(({ body }) => (body.kind === 'support' ? body.subject.split('/').at(-1) : ''))).toEqual(
      rows.map((row) => row.split(/\s/)[0]),
    );
  });
});
