import { createHash } from 'node:crypto';
import type { Gap, Keyring } from '@thimble/protocol';
import { HostError, type Host } from '../../host.ts';
import type { AptPlaces } from './apt-places.ts';
import { listParts } from './read-sources.ts';
import { listOf } from './source-entry.ts';

/** Which key files vouch for one repository. */
export interface EntryKeys {
  readonly keyrings: readonly string[];
  readonly fingerprints: readonly string[];
}

/** Debian's whole archive keyring has 60 kB; base64 of this just fits into a document's field. */
const KEYRING_BYTES_MAX = 1024 * 1024;
const KEYRINGS_MAX = 256;
/** Of all files together, so that a document stays far below its limit. */
const TOTAL_BYTES_MAX = 8 * 1024 * 1024;

/** Reads key files as they are: what keys are in them is the server's to find out. Each is read and kept once. */
export function createKeyringReader(host: Host, places: Pick<AptPlaces, 'trusted' | 'trustedParts'>, gaps: Gap[]) {
  const byDigest = new Map<string, Keyring>();
  const byPath = new Map<string, string | null>();
  let totalBytes = 0;
  let system: Promise<readonly string[]> | null = null;

  function keep(path: string, data: Buffer): string | null {
    const sha256 = createHash('sha256').update(data).digest('hex');
    if (byDigest.has(sha256)) return sha256;
    totalBytes += data.length;
    if (byDigest.size >= KEYRINGS_MAX || totalBytes > TOTAL_BYTES_MAX) {
      gaps.push({ what: path.slice(-512), why: 'there are too many keyrings, this one was left out' });
      return null;
    }
    byDigest.set(sha256, { sha256, path: path.slice(-512), sizeBytes: data.length, material: data.toString('base64') });
    return sha256;
  }

  async function read(path: string, optional: boolean): Promise<string | null> {
    const known = byPath.get(path);
    if (known !== undefined) return known;
    let digest: string | null = null;
    try {
      const data = await host.readFile(path, { maxBytes: KEYRING_BYTES_MAX });
      if (data !== null) digest = keep(path, data);
      else if (!optional) gaps.push({ what: path.slice(-512), why: 'the keyring is not there' });
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      gaps.push({ what: path.slice(-512), why: error.message.slice(0, 1_000) });
    }
    byPath.set(path, digest);
    return digest;
  }

  /** Keys that apt accepts for every repository which does not name its own, apt-secure(8). */
  async function readSystem(): Promise<readonly string[]> {
    const names = await listParts(host, places.trustedParts, /\.(gpg|asc)$/, gaps);
    const found = [await read(places.trusted, true)];
    for (const name of names) found.push(await read(`${places.trustedParts}/${name}`, false));
    return found.flatMap((digest) => (digest === null ? [] : [digest]));
  }

  async function readSigned(signedBy: string): Promise<EntryKeys> {
    if (signedBy.includes('-----BEGIN PGP')) {
      const digest = keep('inline', Buffer.from(inlineKey(signedBy), 'latin1'));
      return { keyrings: digest === null ? [] : [digest], fingerprints: [] };
    }
    const digests: string[] = [];
    const fingerprints: string[] = [];
    for (const word of listOf(signedBy)) {
      const digest = word.startsWith('/') ? await read(word, false) : null;
      if (digest !== null) digests.push(digest);
      // An exclamation mark asks for this very subkey.
      const fingerprint = word.replace(/!$/, '').toUpperCase();
      if (/^[0-9A-F]{16,64}$/.test(fingerprint)) fingerprints.push(fingerprint);
      else if (!word.startsWith('/')) gaps.push({ what: 'Signed-By', why: `not known: ${word.slice(0, 200)}` });
    }
    // Fingerprints choose among the system's keys.
    if (fingerprints.length > 0) digests.push(...(await (system ??= readSystem())));
    return { keyrings: [...new Set(digests)].sort().slice(0, 64), fingerprints: fingerprints.slice(0, 64) };
  }

  return {
    async keysOf(signedBy: string | undefined): Promise<EntryKeys> {
      if (signedBy !== undefined && signedBy.trim() !== '') return readSigned(signedBy);
      const keyrings = await (system ??= readSystem());
      if (keyrings.length > 64) gaps.push({ what: places.trustedParts, why: 'it has more than 64 keyrings' });
      return { keyrings: [...keyrings].sort().slice(0, 64), fingerprints: [] };
    },
    keyrings: () => [...byDigest.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1)),
  };
}

/** deb822 writes an empty line as ` .`. */
export function inlineKey(value: string): string {
  const lines = value.split('\n').map((line) => (line.trim() === '.' ? '' : line.trim()));
  return `${lines.join('\n').trim()}\n`;
}
