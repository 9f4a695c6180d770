import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { firstGzipMember } from '../formats/apk/gzip-member.ts';
import { tarFiles } from '../formats/apk/tar-files.ts';
import { ContentFault } from '../model/index.ts';

/** Signature and control of a package, packed: scripts and .PKGINFO, a few kilobytes in all of Alpine. */
const HEAD_LIMIT_BYTES = 8 * 1024 * 1024;
/** The same of one of them, unpacked. */
const SEGMENT_LIMITS = { limitBytes: 16 * 1024 * 1024 };
/** Of .PKGINFO, which names what a package needs and provides: 100 kB in the largest of Alpine. */
const INFO_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * Checks a package of apk-tools 2 against what the signed index says of it. An .apk is three gzip members one after the other, each a piece
 * of a tar archive: a signature (which may be missing), control and data (apk-package(5)). The index has the SHA-1 of the control
 * member (`C:Q1…`), whose .PKGINFO has the SHA-256 of the data member (`datahash`).
 *
 * @returns what is wrong; null: nothing
 */
export async function verifyApk(path: string, controlSha1: string, name: string): Promise<ContentFault | null> {
  const file = await open(path);
  try {
    const head = await readHead(file);
    const first = firstGzipMember(head, SEGMENT_LIMITS, name);
    const isSigned = await isSignature(first.content, name);
    const start = isSigned ? first.end : 0;
    const control = isSigned ? firstGzipMember(head.subarray(start), SEGMENT_LIMITS, `${name} (control)`) : first;
    const end = start + control.end;
    const sha1 = createHash('sha1').update(head.subarray(start, end)).digest('hex');
    if (sha1 !== controlSha1)
      return wrong(`${name}: its control segment has the SHA-1 ${sha1}, the signed index says ${controlSha1}`);
    const stated = await dataDigestOf(control.content, name);
    const found = await digestFrom(path, end);
    if (found === stated) return null;
    return wrong(`${name}: its data has the SHA-256 ${found}, its signed control segment says ${stated}`);
  } catch (error) {
    if (error instanceof ContentFault) return error;
    throw error;
  } finally {
    await file.close();
  }
}

function wrong(message: string): ContentFault {
  return new ContentFault('wrong-digest', message);
}

async function readHead(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat();
  const head = Buffer.alloc(Math.min(size, HEAD_LIMIT_BYTES));
  let filled = 0;
  while (filled < head.length) {
    const { bytesRead } = await file.read(head, filled, head.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return head.subarray(0, filled);
}

async function isSignature(content: Uint8Array, name: string): Promise<boolean> {
  const names: string[] = [];
  for await (const entry of tarFiles(once(content), name)) names.push(entry.name);
  return names.length > 0 && names.every((entry) => entry.startsWith('.SIGN.'));
}

async function dataDigestOf(control: Uint8Array, name: string): Promise<string> {
  const found: string[] = [];
  for await (const entry of tarFiles(once(control), name)) {
    if (entry.name !== '.PKGINFO') continue;
    if (entry.sizeBytes > INFO_LIMIT_BYTES) throw new ContentFault('too-large', `${name} has an absurd .PKGINFO`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry.content) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    found.push(...[...text.matchAll(/^datahash = (.*)$/gm)].map(([, digest = '']) => digest));
  }
  const [stated, ...others] = found;
  if (stated !== undefined && others.length === 0 && /^[0-9a-f]{64}$/.test(stated)) return stated;
  throw new ContentFault(
    'malformed',
    `${name} states no SHA-256 of its data, or several: it is no package of apk-tools 2`,
  );
}

async function digestFrom(path: string, start: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { start })) if (chunk instanceof Buffer) hash.update(chunk);
  return hash.digest('hex');
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
