import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { RepositoryDefinition, TrustAnchor } from '../model/index.ts';
import { createGpgHome, type GpgHome } from './gpg-home.ts';

const execute = promisify(execFile);

export interface RpmSpec {
  readonly name: string;
  readonly version: string;
  readonly release?: string;
  readonly epoch?: number;
  /** `noarch`, if not given. */
  readonly architecture?: string;
  /** More lines of the preamble: `Provides: …`. */
  readonly preamble?: readonly string[];
  /** Content of the one file that it has, `/usr/share/NAME/content`. */
  readonly content?: string;
}

export interface RpmPublication {
  /** Options of createrepo_c. */
  readonly options?: readonly string[];
  /** updateinfo.xml, which goes in through modifyrepo_c. */
  readonly updateinfo?: string;
  /** `null`: repomd.xml is not signed. The repository's own key, if not given. */
  readonly signedBy?: string | null;
}

/** An rpm repository in a folder, made by rpmbuild and createrepo_c and signed by GnuPG. */
export interface SignedRpmRepository {
  /** What is served. */
  readonly folder: string;
  readonly gpg: GpgHome;
  /** Of the key that signs if nothing else is said. */
  readonly fingerprint: string;
  readonly anchor: TrustAnchor;
  readonly definition: RepositoryDefinition;
  /** Builds a package, unsigned. @returns its path in the repository */
  build(spec: RpmSpec): Promise<string>;
  /** Signs a package file by rpmsign. */
  signPackage(path: string, fingerprint?: string): Promise<void>;
  /** Writes repodata anew over the packages that are there. */
  publish(publication?: RpmPublication): Promise<void>;
  /** Signs repomd.xml as it is now. */
  signMetadata(fingerprint?: string): Promise<void>;
  /** All files as they are now, by path. */
  files(): Promise<Map<string, Uint8Array>>;
  close(): Promise<void>;
}

export async function createSignedRpmRepository(): Promise<SignedRpmRepository> {
  const top = await mkdtemp(join(tmpdir(), 'rpm-repository-'));
  const folder = join(top, 'repository');
  await mkdir(folder);
  const gpg = createGpgHome();
  // rpm before 4.19 does not read keys of newer kinds everywhere; RSA is what vendors have.
  const fingerprint = gpg.createKey({ userId: 'Test rpm <rpm@example.org>', algorithm: 'rsa2048' });
  const environment = { ...process.env, LC_ALL: 'C.UTF-8', GNUPGHOME: gpg.folder };
  const run = async (command: string, ...args: readonly string[]): Promise<void> => {
    await execute(command, args, { env: environment, cwd: top });
  };
  const signMetadata = async (by = fingerprint): Promise<void> => {
    const repomd = await readFile(join(folder, 'repodata/repomd.xml'));
    await writeFile(join(folder, 'repodata/repomd.xml.asc'), gpg.sign(repomd, { by: [by], kind: 'detached' }));
  };
  return {
    folder,
    gpg,
    fingerprint,
    anchor: gpg.anchor(fingerprint),
    definition: {
      format: 'rpm',
      uris: ['https://packages.example/rpm/'],
      mirrorList: null,
      suite: '',
      components: [],
      architectures: ['x86_64'],
      signature: 'metadata',
    },
    signMetadata,
    async build(spec) {
      const { name, version, release = '1', architecture = 'noarch' } = spec;
      const file = join(top, `${name}.spec`);
      await writeFile(file, specFile(spec));
      const folders = ['--define', `_topdir ${top}/build`, '--define', `_rpmdir ${folder}`];
      await run('rpmbuild', '--quiet', ...folders, '--target', architecture, '-bb', file);
      return `${architecture}/${name}-${version}-${release}.${architecture}.rpm`;
    },
    async signPackage(path, by = fingerprint) {
      await run(
        'rpmsign',
        '--define',
        `_gpg_name ${by}`,
        '--define',
        '__gpg /usr/bin/gpg',
        '--addsign',
        join(folder, path),
      );
    },
    async publish({ options = [], updateinfo, signedBy = fingerprint } = {}) {
      await rm(join(folder, 'repodata'), { recursive: true, force: true });
      await run('createrepo_c', '--quiet', '--no-database', ...options, folder);
      if (updateinfo !== undefined) {
        await writeFile(join(top, 'updateinfo.xml'), updateinfo);
        await run('modifyrepo_c', '--mdtype=updateinfo', join(top, 'updateinfo.xml'), join(folder, 'repodata'));
      }
      if (signedBy !== null) await signMetadata(signedBy);
    },
    async files() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      return new Map(
        await Promise.all(
          paths.map(async (path) => [relative(folder, path), new Uint8Array(await readFile(path))] as const),
        ),
      );
    },
    async close() {
      gpg.close();
      await rm(top, { recursive: true, force: true });
    },
  };
}

function specFile(spec: RpmSpec): string {
  const { name, version, release = '1', epoch, preamble = [], content = `${name} ${version}\n` } = spec;
  return [
    `Name: ${name}`,
    `Version: ${version}`,
    `Release: ${release}`,
    ...(epoch === undefined ? [] : [`Epoch: ${epoch}`]),
    'Summary: a package of the tests',
    'License: MIT',
    'AutoReqProv: no',
    ...preamble,
    '%description',
    'A package of the tests.',
    '%install',
    `mkdir -p %{buildroot}/usr/share/${name}`,
    `printf '%%s' '${content}' > %{buildroot}/usr/share/${name}/content`,
    '%files',
    `/usr/share/${name}/content`,
    '',
  ].join('\n');
}
