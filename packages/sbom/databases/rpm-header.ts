import { SbomError } from '../reader.ts';
import type { InstalledSoftware } from './installed-software.ts';

/** Tags of rpm's headers (rpmtag.h) that say which package it is. */
const TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  licence: 1014,
  architecture: 1022,
  sourceRpm: 1044,
  moduleLabel: 5096,
} as const;
const INT32 = 4;
const STRING = 6;
const I18N_STRING = 9;
const ENTRY_BYTES = 16;
/** rpm's own limits (headerVerifyInfo): 64 thousand entries, 256 MB of data. */
const ENTRIES_MAX = 65_536;
const DATA_MAX_BYTES = 256 * 1024 * 1024;

/**
 * One header blob as the `Packages` table of rpmdb.sqlite keeps it (RPM v4 header: number of entries, length of data, big
 * endian; entries of tag, type, offset, count; the data).
 *
 * @returns null for a key that rpm keeps as a package (gpg-pubkey)
 * @throws SbomError `malformed`
 */
export function readRpmHeader(blob: Uint8Array): InstalledSoftware | null {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  if (blob.byteLength < 8) throw broken('it is too short');
  const entries = view.getUint32(0);
  const dataBytes = view.getUint32(4);
  const dataAt = 8 + entries * ENTRY_BYTES;
  if (entries > ENTRIES_MAX || dataBytes > DATA_MAX_BYTES) throw broken('it claims to be larger than rpm allows');
  if (dataAt + dataBytes > blob.byteLength) throw broken('it ends in the middle');
  const texts = new Map<number, string>();
  let epoch: number | null = null;
  for (let at = 8; at < dataAt; at += ENTRY_BYTES) {
    const tag = view.getUint32(at);
    const type = view.getUint32(at + 4);
    const offset = view.getUint32(at + 8);
    if (offset >= dataBytes) continue;
    if (tag === TAG.epoch && type === INT32 && offset + 4 <= dataBytes) epoch = view.getUint32(dataAt + offset);
    if (WANTED.has(tag) && (type === STRING || type === I18N_STRING))
      texts.set(tag, stringAt(blob, dataAt + offset, dataAt + dataBytes));
  }
  const [name, version, release] = [texts.get(TAG.name), texts.get(TAG.version), texts.get(TAG.release)];
  if (name === undefined || version === undefined || release === undefined)
    throw broken('it states no name, version and release');
  if (name === 'gpg-pubkey') return null;
  return {
    name,
    version: `${epoch === null ? '' : `${epoch}:`}${version}-${release}`,
    architecture: texts.get(TAG.architecture) ?? null,
    source: sourceOfRpm(texts.get(TAG.sourceRpm), epoch),
    vendor: texts.get(TAG.vendor) ?? null,
    module: moduleStream(texts.get(TAG.moduleLabel)),
    licence: texts.get(TAG.licence) ?? null,
  };
}

const WANTED: ReadonlySet<number> = new Set(Object.values(TAG));

function stringAt(blob: Uint8Array, from: number, limit: number): string {
  let end = from;
  while (end < limit && blob[end] !== 0) end += 1;
  return Buffer.from(blob.buffer, blob.byteOffset + from, end - from).toString('utf8');
}

/** `openssl-3.0.7-27.el9.src.rpm`. Its epoch is not in the file name; binaries have the source's but for rare cases. */
export function sourceOfRpm(file: string | undefined, epoch: number | null): InstalledSoftware['source'] {
  const match = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(file ?? '');
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return { name: match[1], version: `${epoch === null ? '' : `${epoch}:`}${match[2]}` };
}

/** `nodejs:18:9030020240301111035:rhel9` → `nodejs:18` */
export function moduleStream(label: string | undefined): string | null {
  const [name, stream] = (label ?? '').split(':');
  return name === undefined || name === '' || stream === undefined ? null : `${name}:${stream}`;
}

function broken(why: string): SbomError {
  return new SbomError('malformed', `an entry of the rpm database can not be read: ${why}`);
}
