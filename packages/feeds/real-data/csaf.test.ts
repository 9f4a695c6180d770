import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Advisory, Claim } from '@thimble/advisories';
import { expect, it } from 'vitest';
import { itemsOfBytes, unpacked } from './testing/in-memory.ts';
import { describeRealData, gather, realData } from './testing/real-data.ts';

interface Vulnerability {
  readonly cve?: string;
  readonly product_status?: Readonly<Record<string, readonly string[]>>;
}
interface Document {
  readonly document?: { readonly csaf_version?: string; readonly tracking: { readonly id: string } };
  readonly vulnerabilities?: readonly Vulnerability[];
}

/** Which feed would bring a folder's documents; coordinators without a feed of their own are read like a provider. */
const FEED_OF: Readonly<Record<string, string>> = {
  cisco: 'csaf-cisco',
  fortinet: 'csaf-fortinet',
  paloalto: 'csaf-paloalto',
  siemens: 'csaf-siemens',
  microsoft: 'microsoft-csaf',
  suse: 'suse-csaf',
};

const files = (): string[] =>
  (JSON.parse(readFileSync(realData('csaf/manifest.json'), 'utf8')) as { file: string }[]).map(({ file }) => file);

function csafDocuments(): { file: string; bytes: Uint8Array; json: Document }[] {
  return files()
    .filter((file) => /\.json(\.gz)?$/.test(file))
    .flatMap((file) => {
      const bytes = unpacked(join(realData('csaf'), file));
      const json = JSON.parse(Buffer.from(bytes).toString('utf8')) as Document;
      return json.document?.csaf_version === undefined ? [] : [{ file, bytes, json }];
    });
}

function feedOfFile(file: string): string {
  const folder = file.split('/')[0] ?? '';
  if (folder === 'redhat') return file.includes('/vex/') ? 'redhat-vex' : 'redhat-csaf';
  return FEED_OF[folder] ?? 'csaf-cisa';
}

const read = async (file: string, bytes: Uint8Array) =>
  gather(itemsOfBytes(feedOfFile(file), bytes, { role: 'document', path: file }));

async function advisoryOf(ending: string): Promise<Advisory> {
  const found = csafDocuments().find(({ file }) => file.endsWith(ending));
  const { advisories } = await read(found?.file ?? ending, found?.bytes ?? new Uint8Array());
  const [advisory] = advisories;
  if (advisory === undefined) throw new Error(`${ending} gave no advisory`);
  return advisory;
}

const shown = ({ status, intervals, versions, fix }: Claim) => ({
  status,
  intervals: intervals.map(({ introduced, fixed, lastAffected }) => [introduced, fixed, lastAffected]),
  versions,
  fix: fix.version,
});

describeRealData('CSAF documents of vendors and coordinators', () => {
  it('are 130 of 196 files, each an advisory with its vulnerabilities, and no faults', async () => {
    expect(files().length).toBe(196);
    const documents = csafDocuments();
    expect(documents.length).toBe(130);
    const wrong: string[] = [];
    for (const { file, bytes, json } of documents) {
      const { advisories, faults } = await read(file, bytes);
      const cves = new Set((json.vulnerabilities ?? []).flatMap(({ cve }) => cve ?? []));
      const [advisory] = advisories;
      wrong.push(...faults.map((fault) => `${file}: ${fault}`));
      if (advisories.length !== 1) wrong.push(`${file}: ${advisories.length} advisories`);
      else if ([...cves].some((cve) => !advisory?.vulnerabilities.includes(cve)))
        wrong.push(`${file}: lost a vulnerability`);
    }
    expect(wrong).toEqual([]);
  });

  it('lose no affected product of a device vendor: each vulnerability that has some has a claim', async () => {
    const lost: string[] = [];
    for (const { file, bytes, json } of csafDocuments()) {
      if (/^(redhat|suse|openeuler|microsoft)\//.test(file)) continue;
      const { advisories } = await read(file, bytes);
      const claimed = new Set(
        advisories.flatMap(({ claims }) =>
          claims.filter(({ status }) => status !== 'unaffected').flatMap(({ vulnerabilities }) => vulnerabilities),
        ),
      );
      for (const { cve, product_status: status = {} } of json.vulnerabilities ?? [])
        if (cve !== undefined && (status['known_affected'] ?? []).length > 0 && !claimed.has(cve))
          lost.push(`${file}: ${cve}`);
    }
    expect(lost).toEqual([]);
  });

  it('lose no package that Red Hat repaired in a release', async () => {
    const lost: string[] = [];
    for (const { file, bytes, json } of csafDocuments().filter(({ file }) => file.startsWith('redhat/'))) {
      const { advisories } = await read(file, bytes);
      const said = new Set(
        advisories.flatMap(({ claims }) =>
          claims.flatMap((claim) =>
            claim.vulnerabilities.map((id) => `${id} ${claim.name} ${claim.fix.version ?? ''}`),
          ),
        ),
      );
      for (const { cve = '', product_status: status = {} } of json.vulnerabilities ?? [])
        for (const product of status['fixed'] ?? []) {
          // `AppStream-9.4.0.Z.EUS:bind-32:9.16.23-18.el9_4.6.x86_64`; of a RHEL release, and no source package.
          const match =
            /^[^:]*(?:AppStream|BaseOS|CRB|NFV|RT|7Server|6Server)[^:]*:(\S+)-(\d+):([^-:]+-[^-:]+)\.(?!src)\w+$/.exec(
              product,
            );
          if (match === null) continue;
          const version = match[2] === '0' ? match[3] : `${match[2]}:${match[3]}`;
          if (!said.has(`${cve} ${match[1]} ${version}`)) lost.push(`${file}: ${product}`);
        }
    }
    expect(lost).toEqual([]);
  });

  it('say of FortiOS what FG-IR-24-385 says, with fixes by release line', async () => {
    const { claims } = await advisoryOf('FG-IR-24-385.json');
    expect(claims.filter(({ name }) => name === 'fortinet:fortios').map(shown)).toEqual([
      { status: 'unaffected', intervals: [['7.6', '7.7', null]], versions: [], fix: null },
      { status: 'unaffected', intervals: [['6.4', '6.5', null]], versions: [], fix: null },
      { status: 'affected', intervals: [['7.4.0', null, '7.4.7']], versions: [], fix: '7.4.8' },
      { status: 'affected', intervals: [['7.2.0', null, '7.2.11']], versions: [], fix: '7.2.12' },
      { status: 'affected', intervals: [['7.0.6', '7.1', null]], versions: [], fix: null },
    ]);
  });

  it('agree with Palo Alto’s own CVE record where its CSAF states only upper ends', async () => {
    const { claims } = await advisoryOf('CVE-2025-0114.csaf.json');
    const affected = claims.filter(({ name, status }) => name === 'paloaltonetworks:pan-os' && status === 'affected');
    const record = JSON.parse(readFileSync(realData('csaf/paloalto/cve5-json/CVE-2025-0114.json'), 'utf8')) as {
      containers: { cna: { affected: { product: string; versions: { status: string; lessThan?: string }[] }[] } };
    };
    const ends = record.containers.cna.affected
      .filter(({ product }) => product === 'PAN-OS')
      .flatMap(({ versions }) =>
        versions.flatMap(({ status, lessThan }) => (status === 'affected' ? (lessThan ?? []) : [])),
      );
    expect(affected.map(({ fix }) => fix.version).sort()).toEqual(ends.sort());
    expect(affected.flatMap(({ intervals }) => intervals.map(({ introduced }) => introduced))).toEqual([
      null,
      '10.2',
      '10.3',
    ]);
  });

  it('list Cisco’s versions one by one, as 255 trains of IOS are', async () => {
    const { claims } = await advisoryOf('cisco-sa-20180328-smi2.json');
    const ios = claims.find(({ name }) => name === 'cisco:ios');
    expect(ios?.versions).toContain('12.2(55)SE13');
    expect(claims.map(({ name }) => name).sort()).toEqual(['cisco:ios', 'cisco:ios_xe']);
  });

  it('read Microsoft’s months and what their updates supersede', async () => {
    const months = ['2016-Apr', '2024-Mar'];
    const gathered = await Promise.all(
      months.map((month) =>
        gather(
          itemsOfBytes('microsoft-cvrf', readFileSync(realData(`csaf/microsoft/cvrf/${month}.xml`)), {
            role: 'month',
            path: `cvrf/${month}`,
            note: month,
          }),
        ),
      ),
    );
    expect(gathered.map(({ advisories, facts, faults }) => [advisories.length, facts.length, faults])).toEqual([
      [1, 2, []],
      [1, 2, []],
    ]);
    const superseded = gathered[0]?.facts.map(({ body }) =>
      body.kind === 'supersedence' ? [body.update, body.supersedes] : [],
    );
    expect(superseded).toEqual([
      ['KB3147461', ['KB3140745']],
      ['KB3135456', ['KB3087088']],
    ]);
  });
});
