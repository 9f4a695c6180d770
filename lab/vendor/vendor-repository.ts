import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { machineArchitecture } from '../architecture.ts';
import type { Mirror } from '../mirror/mirror.ts';
import { NOT_FOUND, type Answer } from '../mirror/site.ts';
import { ensureTools } from '../tools.ts';
import { buildDeb, controlOf, debName, type VendorPackage } from './deb-package.ts';
import { SigningKey } from './signing-key.ts';

export type VendorRelease = {
  /** Some minutes ago, if not given, and later than every publication before. */
  readonly date?: Date;
  /** No Valid-Until field, if not given. */
  readonly validUntil?: Date;
  readonly origin?: string;
  readonly label?: string;
  /** More fields: NotAutomatic, Version ... */
  readonly fields?: Readonly<Record<string, string>>;
};

export type Publication = { readonly packages: readonly VendorPackage[]; readonly release?: VendorRelease };

const SUITE = 'stable';
/** Publications in quick succession count up from there: apt takes neither equal dates for news nor future ones. */
const FIRST_AGE_MS = 600_000;

/**
 * A vendor's signed archive, made here: the source of bad, slow and asking packages, of indexes that are old, expired
 * or list what is gone. Each publication is a revision that stays: serving an earlier one is a replay.
 */
export class VendorRepository implements AsyncDisposable {
  readonly name: string;
  /** Where useMirror puts the key on an endpoint. */
  readonly keyringPath: string;
  readonly publicKey: string;
  readonly #folder: string;
  readonly #key: SigningKey;
  readonly #architecture: string;
  readonly #built = new Map<string, string>();
  #revisions = 0;
  #served = 0;
  #latestMs = 0;

  constructor(name: string, folder: string, key: SigningKey, publicKey: string, architecture: string) {
    this.name = name;
    this.keyringPath = `/usr/share/keyrings/lab-${name}.asc`;
    this.publicKey = publicKey;
    this.#folder = folder;
    this.#key = key;
    this.#architecture = architecture;
  }

  sourceLine(mirrorUrl: string): string {
    return `deb [signed-by=${this.keyringPath}] ${mirrorUrl}/vendor/${this.name} ${SUITE} main`;
  }

  /** Builds what is new, writes a signed index of exactly these packages and serves it. Gives the revision. */
  async publish(publication: Publication): Promise<number> {
    const stanzas: string[] = [];
    for (const spec of publication.packages) stanzas.push(await this.#stanza(spec));
    this.#revisions += 1;
    const folder = join(this.#folder, 'revisions', String(this.#revisions));
    const packages = Buffer.from(stanzas.join('\n'));
    const date = publication.release?.date ?? new Date(Math.max(Date.now() - FIRST_AGE_MS, this.#latestMs + 1000));
    this.#latestMs = Math.max(this.#latestMs, date.getTime());
    const listed = new Map([
      [`main/binary-${this.#architecture}/Packages`, packages],
      [`main/binary-${this.#architecture}/Packages.gz`, gzipSync(packages)],
    ]);
    for (const [path, content] of listed) {
      writeDated(join(folder, path), content, date);
      writeDated(join(folder, dirname(path), 'by-hash/SHA256', sha256Of(content)), content, date);
    }
    const release = releaseText(this.#architecture, listed, { ...publication.release, date });
    writeDated(join(folder, 'InRelease'), await this.#key.clearSign(release), date);
    this.#served = this.#revisions;
    return this.#revisions;
  }

  /** Serves the index of an earlier publication again. */
  replay(revision: number): void {
    this.#served = revision;
  }

  /** The signed index of a revision as it is on disk. */
  inRelease(revision = this.#served): string {
    return readFileSync(join(this.#folder, 'revisions', String(revision), 'InRelease'), 'utf8');
  }

  /** Deletes a package that the index goes on listing. */
  withdraw(spec: Pick<VendorPackage, 'name' | 'version' | 'architecture'>): void {
    rmSync(join(this.#folder, 'pool', debName(spec)));
    for (const [key, file] of this.#built) if (file === debName(spec)) this.#built.delete(key);
  }

  /** The path that a mirror's fault matches: /vendor/NAME/pool/FILE */
  poolPath(spec: Pick<VendorPackage, 'name' | 'version' | 'architecture'>): string {
    return `/vendor/${this.name}/pool/${debName(spec)}`;
  }

  async answer(path: string): Promise<Answer> {
    const index = path.startsWith(`dists/${SUITE}/`) ? path.slice(`dists/${SUITE}/`.length) : undefined;
    const file =
      index === undefined ? join(this.#folder, path) : join(this.#folder, 'revisions', String(this.#served), index);
    const allowed = index !== undefined || path.startsWith('pool/');
    if (!allowed || !existsSync(file) || !statSync(file).isFile()) return NOT_FOUND;
    return { kind: 'file', path: file, modifiedAt: statSync(file).mtime };
  }

  async dispose(): Promise<void> {
    if (!existsSync(this.#folder)) return;
    await this.#key.dispose();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #stanza(spec: VendorPackage): Promise<string> {
    const { indexFields = {}, ...content } = spec;
    const name = debName(spec);
    const file = join(this.#folder, 'pool', name);
    const key = JSON.stringify(content);
    if (this.#built.get(key) !== name || !existsSync(file)) {
      await buildDeb(spec, file, join(this.#folder, 'tree'));
      // The same name with other content replaces the file: the older index no longer fits it.
      for (const [other, built] of this.#built) if (built === name) this.#built.delete(other);
      this.#built.set(key, name);
    }
    const bytes = readFileSync(file);
    const more = { Filename: `pool/${name}`, Size: String(bytes.length), SHA256: sha256Of(bytes), ...indexFields };
    return `${controlOf(spec)}${fieldLines(more)}`;
  }
}

/** A new archive with a key of its own, served by the mirror under /vendor/NAME/. */
export async function createVendorRepository(name: string, mirror: Mirror): Promise<VendorRepository> {
  await ensureTools();
  const folder = mkdtempSync(join(tmpdir(), `lab-vendor-${name}-`));
  mkdirSync(join(folder, 'pool'));
  const key = new SigningKey(join(folder, 'key'));
  await key.generate(`Lab Vendor ${name} <${name}@lab.example>`);
  const architecture = await machineArchitecture();
  const repository = new VendorRepository(name, folder, key, await key.publicKey(), architecture);
  mirror.serve(`vendor/${name}`, (path) => repository.answer(path));
  return repository;
}

/** deb(5) archives name UTC where HTTP's date format says GMT. */
export function releaseDate(date: Date): string {
  return date.toUTCString().replace('GMT', 'UTC');
}

function releaseText(
  architecture: string,
  listed: ReadonlyMap<string, Uint8Array>,
  release: VendorRelease & { date: Date },
) {
  const digests = [...listed].map(([path, content]) => ` ${sha256Of(content)} ${content.length} ${path}\n`);
  return `${fieldLines({
    Origin: release.origin ?? 'Lab Vendor',
    Label: release.label ?? 'Lab Vendor',
    Suite: SUITE,
    Codename: SUITE,
    Date: releaseDate(release.date),
    ...(release.validUntil === undefined ? {} : { 'Valid-Until': releaseDate(release.validUntil) }),
    'Acquire-By-Hash': 'yes',
    Architectures: `${architecture} all`,
    Components: 'main',
    ...release.fields,
  })}SHA256:\n${digests.join('')}`;
}

function fieldLines(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

function writeDated(file: string, content: string | Uint8Array, date: Date): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  utimesSync(file, date, date);
}

function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
