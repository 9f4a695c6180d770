import { ContentFault, type FileCheck } from '../../model/index.ts';
import { repositoryPath } from '../repository-path.ts';
import { readXml, type XmlVisitor } from './read-xml.ts';

export const REPOMD_PATH = 'repodata/repomd.xml';
export const SIGNATURE_PATH = 'repodata/repomd.xml.asc';

/** One file that repomd.xml names. */
export interface RepomdEntry {
  /** `primary`, `filelists`, `updateinfo`, `group_gz` … */
  readonly type: string;
  readonly path: string;
  readonly checksum: Checksum;
  /** null: repomd.xml does not say it. */
  readonly sizeBytes: number | null;
  /** Of the unpacked content; null: not said. */
  readonly openChecksum: Checksum | null;
  readonly openSizeBytes: number | null;
  /** When the file was made; null: not said. */
  readonly timestamp: Date | null;
}

export interface Checksum {
  readonly kind: 'sha256' | 'sha512';
  /** Lower-case hex. */
  readonly hex: string;
}

export interface Repomd {
  readonly entries: readonly RepomdEntry[];
  /** The newest timestamp of the entries; where none has one, the revision if that is a time. */
  readonly date: Date | null;
}

/** Real ones have up to 60 (SUSE: descriptions per language). */
const ENTRIES_LIMIT = 1000;

/**
 * Reads repomd.xml (the format is described by createrepo_c's `repomd.h` only).
 *
 * @throws ContentFault `malformed`, `unsupported`, `too-large`, `unsafe-path`, `weak-signature` for checksums that are broken
 */
export async function readRepomd(bytes: Uint8Array): Promise<Repomd> {
  const entries: RepomdEntry[] = [];
  let revision = '';
  const visitor = repomdVisitor((text) => {
    revision = text;
  });
  for await (const raw of readXml(once(bytes), 'repomd.xml', visitor)) {
    if (entries.length >= ENTRIES_LIMIT)
      throw new ContentFault('too-large', `repomd.xml names more than ${ENTRIES_LIMIT} files`);
    entries.push(entryOf(raw));
  }
  const paths = new Set([REPOMD_PATH, SIGNATURE_PATH, ...entries.map(({ path }) => path)]);
  if (paths.size !== entries.length + 2) throw malformed('names a file twice, or itself');
  const times = entries.flatMap(({ timestamp }) => (timestamp === null ? [] : [timestamp.getTime()]));
  return {
    entries,
    date: times.length > 0 ? new Date(Math.max(...times)) : secondsSince1970(revision, REVISION_IS_TIME_FROM),
  };
}

/** Where `type` says a digest that can be forged, or one that our checks do not know. @throws ContentFault */
export function checksumOf(type: string, hex: string, what: string): Checksum {
  const kind = type.toLowerCase();
  if (kind === 'md5' || kind === 'sha' || kind === 'sha1')
    throw new ContentFault(
      'weak-signature',
      `${what} has only a checksum of type ${kind}, which can be forged: ask the publisher for SHA-256 (createrepo_c --checksum sha256)`,
    );
  if (kind !== 'sha256' && kind !== 'sha512')
    throw new ContentFault('unsupported', `${what} has a checksum of type ${JSON.stringify(type.slice(0, 40))}`);
  const lower = hex.toLowerCase();
  if (!(kind === 'sha256' ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{128}$/).test(lower))
    throw new ContentFault('malformed', `${what} has a checksum that is no ${kind}`);
  return { kind, hex: lower };
}

export function fileCheck({ kind, hex }: Checksum, sizeBytes: number): FileCheck {
  return kind === 'sha256' ? { kind, sha256: hex, sizeBytes } : { kind, sha512: hex, sizeBytes };
}

/** @returns null for what is no size */
export function sizeOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

interface RawEntry {
  readonly type: string;
  readonly fields: Map<string, string>;
  /** Attributes of interest, as `element/attribute`. */
  readonly attributes: Map<string, string>;
}

const FIELDS = new Set(['checksum', 'open-checksum', 'size', 'open-size', 'timestamp']);

function repomdVisitor(onRevision: (text: string) => void): XmlVisitor<RawEntry> {
  let entry: RawEntry | null = null;
  let found: RawEntry[] = [];
  return {
    open(name, attributes, depth) {
      if (depth === 1 && name !== 'repomd') throw malformed(`begins with ${name}`);
      if (depth === 2 && name === 'data')
        entry = { type: attributes['type'] ?? '', fields: new Map(), attributes: new Map() };
      if (depth !== 3 || entry === null) return;
      if (name === 'location')
        for (const key of ['href', 'xml:base']) {
          const value = attributes[key];
          if (value !== undefined) setOnce(entry.attributes, `location/${key}`, value);
        }
      else if (name === 'checksum' || name === 'open-checksum')
        setOnce(entry.attributes, `${name}/type`, attributes['type'] ?? '');
    },
    close(name, text, depth) {
      if (depth === 2 && name === 'revision') onRevision(text);
      if (depth === 3 && entry !== null && FIELDS.has(name)) setOnce(entry.fields, name, text);
      if (depth !== 2 || name !== 'data' || entry === null) return;
      found.push(entry);
      entry = null;
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
  if (map.has(key)) throw malformed(`says ${key} twice of one file`);
  map.set(key, value);
}

function entryOf({ type, fields, attributes }: RawEntry): RepomdEntry {
  if (!/^[\w.-]{1,100}$/.test(type)) throw malformed('names a file of no type');
  const what = `${type} in repomd.xml`;
  if (attributes.has('location/xml:base'))
    throw new ContentFault('unsupported', `${what} lies at another address (xml:base), which is not followed`);
  const open = fields.get('open-checksum');
  return {
    type,
    path: repositoryPath(attributes.get('location/href') ?? '', `location of ${what}`),
    checksum: checksumOf(attributes.get('checksum/type') ?? '', fields.get('checksum') ?? '', what),
    sizeBytes: numberField(fields, 'size', what),
    openChecksum: open === undefined ? null : checksumOf(attributes.get('open-checksum/type') ?? '', open, what),
    openSizeBytes: numberField(fields, 'open-size', what),
    timestamp: secondsSince1970(fields.get('timestamp') ?? '', 0),
  };
}

function numberField(fields: ReadonlyMap<string, string>, name: string, what: string): number | null {
  const text = fields.get(name);
  if (text === undefined) return null;
  const size = sizeOf(text);
  if (size === null) throw malformed(`says a ${name} of ${what} that is no number of bytes`);
  return size;
}

/** The revision is free text by which some publishers count (`3`) and most say the time: 2000-01-01 tells them apart. */
const REVISION_IS_TIME_FROM = 946_684_800;
/** Year 9999: later ones are no times. */
const LAST_SECOND = 253_402_300_799;

/** The first yum wrote fractions. */
function secondsSince1970(text: string, from: number): Date | null {
  if (!/^\d{1,12}(\.\d{1,9})?$/.test(text)) return null;
  const seconds = Number(text);
  return seconds < from || seconds === 0 || seconds > LAST_SECOND ? null : new Date(Math.floor(seconds) * 1000);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function malformed(why: string): ContentFault {
  return new ContentFault('malformed', `repomd.xml ${why}`, { path: REPOMD_PATH });
}
