import { basename } from 'node:path';
import { HostError, pagesOf, readDpkgStatus, readRpmDatabase } from '@thimble/drivers';
import {
  isSbomPath,
  type InstalledDatabase,
  type ReadGap,
  readApkInstalled,
  readRpmManifest,
  readerOf,
  readSbom,
  SBOM_LIMITS,
  SbomError,
} from '@thimble/sbom';
import type { OperatingSystem } from '@thimble/advisories';
import { CliError } from '../../cli-error.ts';
import { seenPackage } from './look-at-root.ts';
import type { Seen } from './seen.ts';

/** Kinds of files that can be scanned, for `--as`. */
export const FILE_KINDS = ['sbom', 'dpkg', 'apk', 'rpm', 'lockfile'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

/**
 * One file: a bill of materials, a lock file, or a package database. Which one it is, its first bytes and its name tell.
 *
 * @param os whose packages a database holds, since that is not in it.
 * @throws CliError `unsupported`, `malformed`, `os-needed`
 */
export async function lookAtFile(
  bytes: Buffer,
  path: string,
  options: { readonly kind?: FileKind | undefined; readonly os: OperatingSystem | null },
): Promise<Seen> {
  const kind = options.kind ?? kindOf(bytes, path);
  try {
    if (kind === 'sbom') return lookAtSbom(bytes, path);
    if (kind === 'lockfile') return lookAtLockfile(bytes, path);
    const { packages, problems } = await lookAtDatabase(kind, bytes, path);
    const gaps: ReadGap[] = problems.map((why) => ({ what: path, why }));
    if (options.os === null)
      throw new CliError('os-needed', `${path} is a package database, which does not say of which system`, {
        hint: 'Name it: --os debian:12, or give the system’s os-release file: --os-release FILE',
      });
    return {
      ...NOTHING,
      subject: { name: basename(path), version: '' },
      os: options.os,
      packages: packages.map(seenPackage),
      gaps,
    };
  } catch (error) {
    if (error instanceof SbomError) throw new CliError(error.code, error.message, { cause: error });
    if (error instanceof HostError) throw new CliError('malformed', `${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

const NOTHING: Omit<Seen, 'subject'> = { os: null, packages: [], components: [], gaps: [], kernelRelease: null };

function kindOf(bytes: Buffer, path: string): FileKind {
  if (bytes.subarray(0, 16).toString('latin1') === 'SQLite format 3\0') return 'rpm';
  const start = bytes.subarray(0, 4096).toString('latin1');
  if (/^(?:Package|Status): /m.test(start) && /^Package: /m.test(start)) return 'dpkg';
  if (/^C:Q1/m.test(start) && /^P:/m.test(start)) return 'apk';
  if (/^[^\t\n]+\t[^\t\n]+-[^\t\n]+\t\d+\t\d+\t/.test(start)) return 'rpm';
  if (readerOf(path) !== undefined) return 'lockfile';
  if (isSbomPath(path) || /^\s*[{<]|^SPDXVersion:/.test(start)) return 'sbom';
  throw new CliError('unsupported', `${path} is no file that can be scanned`, {
    hint: `Bills of materials (CycloneDX, SPDX), lock files, and databases of dpkg, apk and rpm are. Say which: --as ${FILE_KINDS.join('|')}`,
  });
}

function lookAtSbom(bytes: Buffer, path: string): Seen {
  const { format, subject, components, gaps } = readSbom(bytes, path);
  const name = subject === null || subject.name === '' ? basename(path) : subject.name;
  return { ...NOTHING, subject: { name: `${name} (${format})`, version: subject?.version ?? '' }, components, gaps };
}

function lookAtLockfile(bytes: Buffer, path: string): Seen {
  const reader = readerOf(path);
  if (reader === undefined)
    throw new CliError('unsupported', `${basename(path)} is not the name of a lock file that is known`);
  const { components, gaps } = reader.read(bytes, path);
  return { ...NOTHING, subject: { name: basename(path), version: '' }, components, gaps };
}

async function lookAtDatabase(kind: 'dpkg' | 'apk' | 'rpm', bytes: Buffer, path: string): Promise<InstalledDatabase> {
  if (bytes.byteLength > SBOM_LIMITS.fileBytes && kind !== 'rpm')
    throw new CliError('too-large', `${path} has more than ${SBOM_LIMITS.fileBytes} bytes`);
  switch (kind) {
    case 'dpkg': {
      const found = readDpkgStatus(bytes.toString('latin1'));
      if (found.packages.length === 0)
        throw new CliError('malformed', `${path} is no status file of dpkg: no package is in it`);
      return found;
    }
    case 'apk':
      return readApkInstalled(bytes);
    case 'rpm': {
      const isDatabase = bytes.subarray(0, 15).toString('latin1') === 'SQLite format 3';
      return isDatabase ? readRpmDatabase(pagesOf(bytes)) : readRpmManifest(bytes);
    }
  }
}
