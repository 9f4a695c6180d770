import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClientAddress, FrozenMetadata, RepositoryPackage } from '../../model/index.ts';
import { createMemoryContext, createSignedAptRepository, type SignedAptRepository } from '../../testing/index.ts';
import { aptFormat } from './index.ts';

const execute = promisify(execFile);
const hasApt = existsSync('/usr/bin/apt-get');
if (!hasApt) console.warn('NOT TESTED: this machine has no apt-get');

/** Only what a revision has, at the paths that it states; asks for a password. */
interface Served {
  readonly server: Server;
  readonly url: string;
  /** Paths, with the status of the answer. */
  readonly asked: string[];
}

const TRANSLATION = 'Package: hello\nDescription-md5: d41d8cd98f00b204e9800998ecf8427e\nDescription-en: a\n';
const PASSWORD = 'a secret';

async function serve(files: ReadonlyMap<string, Uint8Array>): Promise<Served> {
  const asked: string[] = [];
  const wanted = `Basic ${Buffer.from(`agent:${PASSWORD.replace(' ', '-')}`).toString('base64')}`;
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname).replace('/revision/', '');
    const bytes = request.headers.authorization === wanted ? files.get(path) : undefined;
    const status = request.headers.authorization === wanted ? (bytes === undefined ? 404 : 200) : 401;
    asked.push(`${status} ${path}`);
    response.writeHead(status, { 'content-length': bytes?.length ?? 0, 'www-authenticate': 'Basic realm="x"' });
    response.end(bytes);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/revision/`, asked };
}

/** The machine's apt in a folder of its own: nothing of the machine's configuration, lists or cache is read or written. */
async function createApt(folder: string): Promise<(...args: readonly string[]) => Promise<string>> {
  for (const path of ['etc/apt/sources.list.d', 'etc/apt/auth.conf.d', 'lists/partial', 'cache/archives/partial'])
    await mkdir(join(folder, path), { recursive: true });
  await writeFile(join(folder, 'status'), '');
  await writeFile(
    join(folder, 'apt.conf'),
    [
      `Dir::Etc "${folder}/etc/apt";`,
      `Dir::State::lists "${folder}/lists";`,
      `Dir::State::status "${folder}/status";`,
      `Dir::Cache "${folder}/cache";`,
      'APT::Sandbox::User "root";',
      'APT::Architecture "amd64";',
      'APT::Architectures { "amd64"; };',
      'Acquire::Check-Valid-Until "true";',
      'Acquire::Check-Date "true";',
      'APT::Update::Error-Mode "any";',
      'Acquire::Languages "en";',
    ].join('\n'),
  );
  return async (...args) => {
    const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', APT_CONFIG: join(folder, 'apt.conf') };
    // The machine's own apt.conf.d comes after APT_CONFIG, so what it may set is said once more.
    const again = ['-o', 'Acquire::Check-Valid-Until=true', '-o', 'Acquire::Check-Date=true'];
    const { stdout } = await execute('apt-get', [...again, ...args], { env, cwd: folder, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  };
}

describe.skipIf(!hasApt)('real apt', () => {
  let work: string;
  let repository: SignedAptRepository;
  let flat: SignedAptRepository;
  let root: SignedAptRepository;
  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'real-apt-'));
    repository = await createSignedAptRepository();
    flat = await createSignedAptRepository({ suite: 'sub/', gpg: repository.gpg });
    root = await createSignedAptRepository({ suite: './', gpg: repository.gpg });
    for (const one of [repository, flat, root]) {
      await one.build({ name: 'hello', version: '1:2.0-1+b1~x', architecture: 'amd64' });
      await one.build({ name: 'hello-data', version: '2.0' });
    }
  });
  afterAll(async () => {
    await root.close();
    await flat.close();
    await repository.close();
    await rm(work, { recursive: true, force: true });
  });

  const cases = [
    ['a suite by digest', () => repository, {}],
    ['a suite by name', () => repository, { byHash: false }],
    ['a suite that lists SHA-512', () => repository, { digests: ['SHA256', 'SHA512'] }],
    ['a suite with Release.gpg', () => repository, { form: 'Release' }],
    ['a suite that is over its time', () => repository, { validUntil: new Date(Date.now() - 4 * 60_000) }],
    [
      'a suite in gzip with translations',
      () => repository,
      { packings: ['plain', 'gzip'], extra: { 'main/i18n/Translation-en': TRANSLATION } },
    ],
    ['a flat repository', () => flat, {}],
    ['a flat repository at the root', () => root, { byHash: false }],
  ] as const;

  test.each(cases)('installs from a frozen revision of %s with the configuration given', async (title, of, state) => {
    const one = of();
    await one.publish(state);
    const upstream = await one.files();
    // Within the tolerance for clocks that differ, so the signature of now still counts.
    const now = new Date(Date.now() - 5 * 60_000);
    const context = createMemoryContext({ files: upstream, anchors: [one.anchor], now });
    const packages: RepositoryPackage[] = [];
    const frozen = await aptFormat.freeze(one.definition, context, (found) => void packages.push(found));
    if (frozen.kind !== 'frozen') throw new Error('not frozen');
    const served = await serve(revisionFiles(frozen, packages, context.stored, upstream));
    try {
      const folder = await mkdtemp(join(work, 'apt-'));
      const apt = await createApt(folder);
      await writeFile(join(folder, 'keyring.gpg'), one.anchor.material);
      const configured = await configure(folder, one, {
        url: served.url,
        credentials: { user: 'agent', password: PASSWORD.replace(' ', '-') },
        keyringPath: join(folder, 'keyring.gpg'),
        label: 'Test: archive!',
      });
      expect(configured).toEqual([
        { path: '/etc/apt/sources.list.d/thimble-test-archive.sources', secret: false },
        { path: '/etc/apt/auth.conf.d/thimble-test-archive.conf', secret: true },
      ]);
      await apt('-q', 'update');
      await apt('-q', 'download', 'hello', 'hello-data');
      const refused = served.asked.filter((line) => !line.startsWith('200 '));
      expect(refused).toEqual(title.includes('Release.gpg') ? ['404 dists/stable/InRelease'] : []);
      const debs = (await readdir(folder)).filter((name) => name.endsWith('.deb')).toSorted();
      expect(debs).toEqual(['hello-data_2.0_all.deb', 'hello_1%3a2.0-1+b1~x_amd64.deb']);
    } finally {
      served.server.closeAllConnections();
      served.server.close();
    }
  });
});

/** What a server would have of a revision: nothing that the freeze did not state. */
function revisionFiles(
  { files, onDemand }: FrozenMetadata,
  packages: readonly RepositoryPackage[],
  stored: ReadonlyMap<string, Uint8Array>,
  upstream: ReadonlyMap<string, Uint8Array>,
): ReadonlyMap<string, Uint8Array> {
  const served = new Map<string, Uint8Array>();
  for (const { path, sha256 } of files) served.set(path, stored.get(sha256) ?? new Uint8Array());
  for (const { path } of [...onDemand, ...packages]) {
    const bytes = upstream.get(path);
    if (bytes !== undefined) served.set(path, bytes);
  }
  return served;
}

async function configure(
  folder: string,
  { definition }: SignedAptRepository,
  address: ClientAddress,
): Promise<readonly { readonly path: string; readonly secret: boolean }[]> {
  const files = aptFormat.clientConfiguration(definition, address);
  for (const { path, text } of files) await writeFile(join(folder, path), text);
  return files.map(({ path, secret }) => ({ path, secret }));
}
