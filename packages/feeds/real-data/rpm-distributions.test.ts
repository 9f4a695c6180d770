import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { FeedError } from '@thimble/advisories';
import { beforeAll, expect, it } from 'vitest';
import { documentFromFile } from '../documents/index.ts';
import { itemsOfBytes, itemsOfEntries, unpackedSample } from './testing/in-memory.ts';
import { describeRealData, feedOf, gather, NOW, realData } from './testing/real-data.ts';

const samples = new Map<string, Uint8Array>();
const WANTED =
  /^pkg\/fetch\/((?:alma|rocky|fedora)\/updateinfo|amazon|oracle\/linux|nvd\/(?:api\/cve|feed\/cve\/v2))\/testdata\/fixtures\/(.+)$/;

/** The sample whose path is this, or the only one whose path begins so. */
function sample(path: string): { readonly name: string; readonly bytes: Uint8Array } {
  const found = [...samples].filter(([name]) => name.startsWith(path));
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} samples are called ${path}`);
  return { name: first[0], bytes: first[1] };
}

async function read(feed: string, path: string, asked: { role: string; note?: string; path?: string }) {
  const { name, bytes } = sample(path);
  const gathered = await gather(itemsOfBytes(feed, await unpackedSample(name, bytes), { path: name, ...asked }));
  const claims = gathered.advisories.flatMap((advisory) => advisory.claims);
  return { ...gathered, claims };
}

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'read';
  } catch (error) {
    return error instanceof FeedError ? error.code : `${error instanceof Error ? error.message : String(error)}`;
  }
}

describeRealData('Azure Linux OVAL', () => {
  it('has 1,222 definitions, each an advisory with one package and one CVE', async () => {
    const xml = gunzipSync(readFileSync(realData('azurelinux/azurelinux-3.0-oval.xml.gz')));
    const { advisories, faults } = await gather(
      itemsOfBytes('azurelinux', xml, { role: 'oval', path: 'azurelinux-3.0-oval.xml', note: 'azurelinux:3.0' }),
    );
    expect([advisories.length, faults]).toEqual([1_222, []]);
    // The title says it too, in words: CVE-2024-47191 affecting package oath-toolkit for versions less than 2.6.7-3
    const differences = advisories.filter(({ title, vulnerabilities, claims }) => {
      const [, cve, name, version] = /^(\S+) affecting package (\S+) for versions less than (\S+)$/.exec(title) ?? [];
      const [claim] = claims;
      const fix = claim?.fix.version?.replace(/^\d+:/, '').replace(/\.azl3$/, '');
      return claims.length !== 1 || vulnerabilities[0] !== cve || claim?.name !== name || fix !== version;
    });
    expect(differences.map(({ title, claims }) => [title, claims[0]?.fix.version])).toEqual([]);
  });
});

describeRealData('samples of rpm distributions and of NVD in their wire format', () => {
  beforeAll(async () => {
    const archive = documentFromFile(realData('feed-fixtures/vuls-data-update-fixtures.tar.gz'), {
      role: 'samples',
      path: 'samples.tar.gz',
      packing: 'tar.gz',
      limitBytes: 100_000_000,
    });
    for await (const entry of archive.entries()) {
      const match = WANTED.exec(entry.name);
      if (match !== null) samples.set(`${match[1]}/${match[2]}`, await entry.bytes());
    }
  });

  it.each([
    ['amazon/updateinfo_1.xml.gz', 'amzn:1'],
    ['amazon/updateinfo_2.xml.gz', 'amzn:2'],
    ['amazon/updateinfo_2022.xml.gz', 'amzn:2022'],
    ['amazon/updateinfo_2023.xml.gz', 'amzn:2023'],
    ['amazon/updateinfo_2023_kernel-livepatch.xml.gz', 'amzn:2023'],
    ['amazon/updateinfo_2023_nvidia.xml.gz', 'amzn:2023'],
    ['amazon/updateinfo_2_kernel-5.15.xml.gz', 'amzn:2'],
  ])('%s: every update is an advisory', async (path, namespace) => {
    const { advisories, claims, faults } = await read('amazon', path, {
      role: 'updateinfo',
      note: `${namespace}  core/x86_64`,
    });
    const xml = Buffer.from(await unpackedSample(path, sample(path).bytes)).toString('utf8');
    expect(faults).toEqual([]);
    expect(advisories.length).toBe(xml.split('<update ').length - 1);
    expect(new Set(claims.map((claim) => claim.name)).size).toBe(
      new Set(
        [...xml.matchAll(/<package [^>]*?name="([^"]+)"/g)]
          .filter(([tag]) => !tag.includes('arch="src"'))
          .map(([, name]) => name),
      ).size,
    );
  });

  it('a repository’s metadata names its updates, or has none, or is no metadata', async () => {
    const requests = async (path: string) => {
      const { name, bytes } = sample(path);
      const items = itemsOfBytes('amazon', bytes, {
        role: 'repomd',
        path: 'core/repodata/repomd.xml',
        note: 'amzn:2  core/x86_64',
      });
      const paths: string[] = [];
      for await (const item of items) if (item.kind === 'request') paths.push(item.request.path);
      expect(name).toBe(path);
      return paths;
    };
    expect(await requests('amazon/repomd_valid.xml')).toEqual(['core/repodata/updateinfo.xml.gz']);
    expect(await requests('amazon/repomd_noupdateinfo.xml')).toEqual([]);
    expect(await failure(requests('amazon/repomd_invalid.xml'))).toBe('malformed');
  });

  it('Rocky’s and AlmaLinux’s updates, their modular ones with module or without', async () => {
    const rocky = await read('rocky', 'rocky/updateinfo/happy/pub/rocky/9/AppStream/x86_64/os/repodata/bbbb', {
      role: 'updateinfo',
      note: 'rocky:9  AppStream/x86_64',
    });
    expect([rocky.advisories.length, rocky.faults]).toEqual([1, []]);
    expect(rocky.claims.map(({ name, fix }) => [name, fix.version])).toEqual([
      ['mariadb', '3:10.5.16-2.module+el9.1.0+13358+56c3b6a3'],
    ]);
    const alma = await read(
      'almalinux-updateinfo',
      'alma/updateinfo/happy/almalinux/9/AppStream/x86_64/os/repodata/cccc',
      {
        role: 'updateinfo',
        note: 'almalinux:9  AppStream/x86_64',
      },
    );
    expect(alma.faults).toEqual([]);
    expect(alma.advisories.length).toBeGreaterThan(0);
  });

  it('Fedora’s update without security says nothing of vulnerabilities; its modular one names them in words', async () => {
    const current = await read(
      'fedora',
      'fedora/updateinfo/happy/fedora/linux/updates/43/Everything/x86_64/repodata/74f5',
      {
        role: 'updateinfo',
        note: 'fedora:43  Everything/x86_64',
      },
    );
    expect([current.advisories.length, current.faults]).toEqual([0, []]);
    const modular = await read(
      'fedora',
      'fedora/updateinfo/happy/archive/fedora/linux/updates/38/Modular/x86_64/repodata/5018',
      {
        role: 'updateinfo',
        note: 'fedora:38  Modular/x86_64',
      },
    );
    expect(modular.advisories.map(({ vulnerabilities }) => vulnerabilities)).toEqual([
      ['CVE-2024-24989', 'CVE-2024-24990'],
    ]);
  });

  it('Oracle’s errata by release, architecture and module', async () => {
    const { advisories, claims, faults } = await read('oracle', 'oracle/linux/com.oracle.elsa-all.xml.bz2', {
      role: 'oval',
    });
    expect([advisories.map(({ name }) => name), faults]).toEqual([['ELSA-2007-0057', 'ELSA-2023-12342'], []]);
    expect(
      claims.filter(({ namespace }) => namespace === 'ol:5').map(({ name, fix }) => `${name} ${fix.version}`),
    ).toEqual(
      [
        'bind',
        'bind-chroot',
        'bind-devel',
        'bind-libbind-devel',
        'bind-libs',
        'bind-sdb',
        'bind-utils',
        'caching-nameserver',
      ].map((name) => `${name} 30:9.3.3-8.el5`),
    );
    expect(claims.filter(({ namespace }) => namespace === 'ol:8').map(({ name, module }) => [name, module])).toEqual([
      ['hivex', 'virt:kvm_utils'],
    ]);
  });

  it('what is broken on purpose is a fault, or an error with a code', async () => {
    const place = { role: 'updateinfo', note: 'x:9  BaseOS/x86_64' };
    const nothing = await read('rocky', 'rocky/updateinfo/badid/pub/rocky/9/BaseOS/x86_64/os/repodata/badid', place);
    expect([nothing.advisories, nothing.faults]).toEqual([
      [],
      ['NOT-A-VALID-ADVISORY-ID: it names neither a vulnerability nor a package'],
    ]);
    // An odd name, but it says which package is repaired in which version: what would be won by dropping it?
    const odd = await read(
      'almalinux-updateinfo',
      'alma/updateinfo/badid/almalinux/9/BaseOS/x86_64/os/repodata/badid',
      place,
    );
    expect([odd.advisories.map(({ vulnerabilities }) => vulnerabilities), odd.faults]).toEqual([
      [['NOT-A-VALID-ADVISORY-ID']],
      [],
    ]);
    expect(await failure(read('amazon', 'amazon/updateinfo_invalid_xml.xml.gz', place))).toBe('malformed');
    expect(await failure(read('oracle', 'oracle/linux/invalid.xml.bz2', { role: 'oval' }))).toBe('malformed');
    expect(await failure(read('amazon', 'amazon/extras-catalog_invalid.json', { role: 'extras' }))).toBe('malformed');
  });

  it.each([
    ['amazon/updateinfo_invalid_gzip.xml.gz', 'amazon'],
    ['rocky/updateinfo/corruptcrc/pub/rocky/9/BaseOS/x86_64/os/repodata/corrupt', 'rocky'],
    ['alma/updateinfo/corruptcrc/almalinux/9/BaseOS/x86_64/os/repodata/corrupt', 'almalinux-updateinfo'],
  ])('%s: damaged packing is refused as a whole', async (path, feed) => {
    const folder = await mkdtemp(join(tmpdir(), 'thimble-damaged-'));
    try {
      const file = join(folder, 'updateinfo.xml.gz');
      await writeFile(file, sample(path).bytes);
      const request = {
        role: 'updateinfo',
        path,
        packing: 'gzip',
        limitBytes: 10_000_000,
        note: 'x:9  BaseOS/x86_64',
      } as const;
      const context = { watermark: null, now: NOW, namespaces: null };
      expect(await failure(gather(feedOf(feed).read(documentFromFile(file, request), context)))).toBe('malformed');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ['nvd/feed/cve/v2/nvdcve-2.0-2002.json.gz', 'nvd', 'records'],
    ['nvd/feed/cve/v2/nvdcve-2.0-2021.json.gz', 'nvd', 'records'],
    ['nvd/feed/cve/v2/nvdcve-2.0-modified.json.gz', 'nvd', 'records'],
    ['nvd/api/cve/1_item/0-1.json', 'nvd-api', 'page'],
    ['nvd/api/cve/3_pages/3-3.json', 'nvd-api', 'page'],
    ['nvd/api/cve/empty/0-1.json', 'nvd-api', 'page'],
    ['nvd/api/cve/ssvc_affected/0-3.json', 'nvd-api', 'page'],
  ])('%s: every record is described', async (path, feed, role) => {
    const { facts, faults } = await read(feed, path, { role, note: '' });
    const json = JSON.parse(Buffer.from(await unpackedSample(path, sample(path).bytes)).toString('utf8')) as {
      vulnerabilities: unknown[];
    };
    expect([facts.length, faults]).toEqual([json.vulnerabilities.length, []]);
  });

  it('an archive without records is refused', async () => {
    expect(await failure(gather(itemsOfEntries('cve-vulnrichment', [], { role: 'archive', path: 'none' })))).toBe(
      'malformed',
    );
  });
});
