import { isDeepStrictEqual } from 'node:util';
import { ContentFault, type FileCheck, type RepositoryPackage } from '../../model/index.ts';
import { repositoryPath } from '../repository-path.ts';
import { readXml, type XmlVisitor } from './read-xml.ts';
import { checksumOf, fileCheck, sizeOf } from './repomd.ts';

/** The largest real repositories have 70,000 (Fedora with its sources) to 200,000 (every kernel ever). */
const PACKAGES_LIMIT = 1_000_000;

/**
 * Reads primary.xml (createrepo_c's `xml_dump_primary.c`), whatever its size, and yields the wanted packages in its order. The bytes have
 * been verified, or will be: a caller must not count what came before the end.
 *
 * @param isWanted whether packages of this architecture are; the records of others are passed over
 * @throws ContentFault `malformed`, `unsupported`, `too-large`, `unsafe-path`, `weak-signature`
 */
export async function* readPrimary(
  chunks: AsyncIterable<Uint8Array>,
  isWanted: (architecture: string) => boolean,
): AsyncGenerator<RepositoryPackage> {
  const checks = new Map<string, FileCheck>();
  for await (const raw of readXml(chunks, 'primary.xml', primaryVisitor())) {
    const architecture = raw.fields.get('arch') ?? '';
    if (!isWanted(architecture)) continue;
    const found = packageOf(raw, architecture);
    const before = checks.get(found.path);
    if (before !== undefined) {
      if (isDeepStrictEqual(before, found.check)) continue;
      throw malformed(`names ${found.path} twice, with different checksums`);
    }
    checks.set(found.path, found.check);
    yield found;
  }
}

interface RawPackage {
  readonly type: string;
  /** Text of the elements directly below, and of `sourcerpm`. */
  readonly fields: Map<string, string>;
  readonly attributes: Map<string, string>;
}

const FIELDS = new Set(['name', 'arch', 'checksum']);
const ATTRIBUTES: ReadonlyMap<string, readonly string[]> = new Map([
  ['version', ['epoch', 'ver', 'rel']],
  ['checksum', ['type']],
  ['size', ['package']],
  ['location', ['href', 'xml:base']],
]);

function primaryVisitor(): XmlVisitor<RawPackage> {
  let current: RawPackage | null = null;
  let inFormat = false;
  let count = 0;
  let found: RawPackage[] = [];
  return {
    open(name, attributes, depth) {
      if (depth === 1 && name !== 'metadata') throw malformed(`begins with ${name}`);
      if (depth === 2 && name === 'package') {
        count += 1;
        if (count > PACKAGES_LIMIT)
          throw new ContentFault('too-large', `primary.xml names more than ${PACKAGES_LIMIT} packages`);
        current = { type: attributes['type'] ?? '', fields: new Map(), attributes: new Map() };
      }
      if (depth !== 3 || current === null) return;
      inFormat = name === 'format';
      for (const attribute of ATTRIBUTES.get(name) ?? []) {
        const value = attributes[attribute];
        if (value !== undefined) setOnce(current.attributes, `${name}/${attribute}`, value);
      }
    },
    close(name, text, depth) {
      if (current === null) return;
      if (depth === 3 && FIELDS.has(name)) setOnce(current.fields, name, text);
      if (depth === 4 && inFormat && name === 'sourcerpm') setOnce(current.fields, name, text);
      if (depth !== 2) return;
      found.push(current);
      current = null;
    },
    take() {
      const taken = found;
      found = [];
      return taken;
    },
  };
}

/** Two values of one field: readers would differ in which one they take. */
function setOnce(map: Map<string, string>, key: string, value: string): void {
  if (map.has(key)) throw malformed(`says ${key} of one package twice`);
  map.set(key, value);
}

function packageOf(raw: RawPackage, architecture: string): RepositoryPackage {
  const name = word(raw.fields.get('name'), 'name');
  const what = `${name} in primary.xml`;
  if (raw.type !== 'rpm')
    throw new ContentFault('unsupported', `${what} is of type ${JSON.stringify(raw.type.slice(0, 40))}, not rpm`);
  if (raw.attributes.has('location/xml:base'))
    throw new ContentFault(
      'unsupported',
      `${what} lies at another address (xml:base), which is not followed: approve that address as a repository of its own`,
    );
  const path = repositoryPath(raw.attributes.get('location/href') ?? '', `location of ${what}`);
  const sizeBytes = sizeOf(raw.attributes.get('size/package'));
  if (sizeBytes === null) throw malformed(`says no size of ${path}`);
  const checksum = checksumOf(raw.attributes.get('checksum/type') ?? '', raw.fields.get('checksum') ?? '', what);
  const epoch = epochPrefix(raw.attributes.get('version/epoch'), what);
  const version = `${epoch}${word(raw.attributes.get('version/ver'), 'version')}-${word(raw.attributes.get('version/rel'), 'release')}`;
  const source = sourceOf(raw.fields.get('sourcerpm') ?? '');
  return {
    path,
    name,
    version,
    architecture,
    source: source?.name ?? name,
    sourceVersion: source === null ? version : `${epoch}${source.version}`,
    sizeBytes,
    check: fileCheck(checksum, sizeBytes),
  };
}

/** Names, versions and releases have neither white space nor slashes (rpm's `rpmCharCheck`); 255 is the longest file name. */
function word(text: string | undefined, what: string): string {
  if (text === undefined || !/^[^\s/\p{Cc}]{1,255}$/u.test(text))
    throw malformed(`has a package with ${text === undefined ? 'no' : 'an impossible'} ${what}`);
  return text;
}

function epochPrefix(text: string | undefined, what: string): string {
  if (text === undefined || text === '' || text === '0') return '';
  if (!/^\d{1,10}$/.test(text)) throw malformed(`says an epoch of ${what} that is no number`);
  const epoch = Number(text);
  return epoch === 0 ? '' : `${epoch}:`;
}

/** `openssl-3.0.7-27.el9.src.rpm`. Its epoch is not in the file name; binaries have the source's but for rare cases. */
function sourceOf(file: string): { readonly name: string; readonly version: string } | null {
  const match = /^([^\s/]{1,255})-([^-\s/]{1,255}-[^-\s/]{1,255})\.(?:no)?src\.rpm$/.exec(file);
  return match?.[1] === undefined || match[2] === undefined ? null : { name: match[1], version: match[2] };
}

function malformed(why: string): ContentFault {
  return new ContentFault('malformed', `primary.xml ${why}`);
}
