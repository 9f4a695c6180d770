import { ContentFault } from '../../model/index.ts';
import { repositoryPath } from '../repository-path.ts';
import { APT_LIMITS } from './limits.ts';
import { releaseDate } from './release-date.ts';

/** A file that a Release vouches for. */
export interface ReleaseEntry {
  /** Relative to the Release file. */
  readonly path: string;
  readonly sha256: string;
  /** Clients that know it ask for it by this digest. */
  readonly sha512: string | null;
  readonly sizeBytes: number;
}

/** What a verified Release says, DebianRepository/Format. */
export interface Release {
  readonly date: Date;
  readonly validUntil: Date | null;
  readonly suite: string | null;
  readonly codename: string | null;
  /** Origin, Label, Suite, Codename, Version, for people. */
  readonly labels: Readonly<Record<string, string>>;
  /** Empty: the Release does not say. */
  readonly architectures: readonly string[];
  readonly components: readonly string[];
  readonly acquireByHash: boolean;
  /** Packages of architecture `all` are in every architecture's own index, `binary-all` must not be asked. */
  readonly allInEveryIndex: boolean;
  readonly entries: ReadonlyMap<string, ReleaseEntry>;
}

/**
 * @param text the verified text and nothing else
 * @throws ContentFault `malformed`, `weak-signature` (only MD5 or SHA-1), `unsupported` (only SHA-512), `unsafe-path`, `too-large`
 */
export function parseRelease(text: string, name: string): Release {
  const fields = parseFields(text, name);
  const words = (field: string): readonly string[] =>
    (fields.get(field) ?? '').split(/\s+/).filter((one) => one !== '');
  const date = releaseDate(fields.get('date') ?? '');
  if (date === null)
    throw malformed(
      name,
      `its Date is ${quoted(fields.get('date'))}, and without one an older state could be replayed`,
    );
  const until = fields.get('valid-until');
  const validUntil = until === undefined ? null : releaseDate(until);
  if (until !== undefined && validUntil === null) throw malformed(name, `its Valid-Until is ${quoted(until)}`);
  return {
    date,
    validUntil,
    suite: fields.get('suite') ?? null,
    codename: fields.get('codename') ?? null,
    labels: labelsOf(fields),
    architectures: words('architectures'),
    components: words('components'),
    acquireByHash: fields.get('acquire-by-hash') === 'yes',
    allInEveryIndex: words('no-support-for-architecture-all').includes('Packages'),
    entries: parseEntries(fields, name),
  };
}

/** By lower-case name: the names' case does not matter, deb-src-control(5). */
function parseFields(text: string, name: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const lines = text.trimEnd().split('\n');
  let current: string | null = null;
  const parts: string[] = [];
  const close = (): void => {
    if (current === null) return;
    if (fields.has(current)) throw malformed(name, `it has the field ${current} twice`);
    fields.set(current, parts.join('\n').trim());
  };
  for (const line of lines) {
    if (line === '') throw malformed(name, 'it has more than one paragraph');
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (current === null) throw malformed(name, 'it begins with a blank');
      parts.push(line);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 1) throw malformed(name, `it has a line that is no field: ${quoted(line)}`);
    close();
    current = line.slice(0, colon).toLowerCase();
    parts.length = 0;
    parts.push(line.slice(colon + 1));
  }
  close();
  return fields;
}

function parseEntries(fields: ReadonlyMap<string, string>, name: string): ReadonlyMap<string, ReleaseEntry> {
  const sha256 = fields.get('sha256');
  if (sha256 === undefined) {
    if (fields.has('sha512'))
      throw new ContentFault('unsupported', `${name} lists SHA-512 only; SHA-256 is needed besides`, { path: name });
    throw new ContentFault(
      'weak-signature',
      `${name} lists no SHA-256 of its files: its signature vouches for none of them. The vendor has to list SHA-256`,
      { path: name },
    );
  }
  const others = new Map(listed(fields.get('sha512') ?? '', 128, name).map((entry) => [entry.path, entry.digest]));
  const entries = new Map<string, ReleaseEntry>();
  for (const { path: stated, digest, sizeBytes } of listed(sha256, 64, name)) {
    const path = repositoryPath(stated, `path of a file in ${name}`);
    const known = entries.get(path);
    if (known !== undefined && (known.sha256 !== digest || known.sizeBytes !== sizeBytes))
      throw malformed(name, `it lists ${path} twice, with different digests`);
    entries.set(path, { path, sha256: digest, sha512: others.get(stated) ?? null, sizeBytes });
  }
  return entries;
}

function listed(
  value: string,
  digits: number,
  name: string,
): readonly { readonly path: string; readonly digest: string; readonly sizeBytes: number }[] {
  const lines = value === '' ? [] : value.split('\n');
  if (lines.length > APT_LIMITS.releaseEntries)
    throw new ContentFault('too-large', `${name} lists more than ${APT_LIMITS.releaseEntries} files`, { path: name });
  return lines.map((line) => {
    const [, digest = '', size = '', path = ''] = /^\s*([0-9a-fA-F]+)\s+(\d{1,15})\s+(\S+)\s*$/.exec(line) ?? [];
    if (digest.length !== digits) throw malformed(name, `it lists a file as ${quoted(line)}`);
    return { path, digest: digest.toLowerCase(), sizeBytes: Number(size) };
  });
}

function labelsOf(fields: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const label of ['Origin', 'Label', 'Suite', 'Codename', 'Version']) {
    const value = fields.get(label.toLowerCase());
    // Only for people's eyes: what terminals would obey is left out.
    if (value !== undefined) labels[label] = value.replaceAll(/\p{Cc}/gu, ' ').slice(0, APT_LIMITS.labelCharacters);
  }
  return labels;
}

function quoted(text: string | undefined): string {
  return text === undefined ? 'missing' : JSON.stringify(text.slice(0, 100));
}

function malformed(name: string, why: string): ContentFault {
  return new ContentFault('malformed', `${name} is validly signed, but ${why}`, { path: name });
}
