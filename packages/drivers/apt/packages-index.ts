import type { Host } from '../host.ts';
import { field, sourceOf } from '../deb822.ts';
import type { PackageIndex } from './index-targets.ts';
import { READ_LIMITS } from './limits.ts';

/** A version of a package that an index offers. */
export interface IndexRecord {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly sha256: string | null;
  readonly sizeBytes: number;
  readonly installedKib: number;
  readonly phasedPercentage: number | null;
  readonly index: PackageIndex;
}

/** Of the wanted names, all versions that the indexes have; `unreadable` names indexes that could not be read. */
export interface IndexRecords {
  readonly byName: ReadonlyMap<string, readonly IndexRecord[]>;
  readonly unreadable: readonly { readonly path: string; readonly why: string }[];
}

/** Read in pieces: an index may be larger than the memory that an agent should have. */
const PIECE_BYTES = 256 * 1024;
const STANZA_BYTES_MAX = 16 * 1024 * 1024;

export async function readRecords(
  host: Host,
  indexes: readonly PackageIndex[],
  names: ReadonlySet<string>,
): Promise<IndexRecords> {
  const byName = new Map<string, IndexRecord[]>();
  const unreadable: { path: string; why: string }[] = [];
  for (const index of indexes) {
    if (/\.(lz4|xz|gz|zst|bz2|lzma)$/.test(index.path)) {
      unreadable.push({ path: index.path, why: 'it is stored compressed; the next refresh makes a plain copy' });
      continue;
    }
    await scanIndex(host, index.path, (stanza) => {
      const record = parseRecord(stanza, index, names);
      if (record === null) return;
      const known = byName.get(record.name);
      if (known === undefined) byName.set(record.name, [record]);
      else known.push(record);
    });
  }
  return { byName, unreadable };
}

async function scanIndex(host: Host, path: string, visit: (stanza: string) => void): Promise<void> {
  let rest = '';
  for (let offsetBytes = 0; offsetBytes < READ_LIMITS.packagesFileBytes;) {
    const piece = await host.readRange(path, { offsetBytes, lengthBytes: PIECE_BYTES });
    if (piece === null || piece.length === 0) break;
    offsetBytes += piece.length;
    rest = visitWhole(rest + piece.toString('latin1'), visit);
    if (rest.length > STANZA_BYTES_MAX) break;
  }
  if (rest.length > 0) visit(rest);
}

/** Visits all complete stanzas; gives what is left. */
function visitWhole(text: string, visit: (stanza: string) => void): string {
  let start = 0;
  for (;;) {
    const end = text.indexOf('\n\n', start);
    if (end === -1) return text.slice(start);
    visit(text.slice(start, end));
    start = end + 2;
  }
}

export function parseRecord(found: string, index: PackageIndex, names: ReadonlySet<string>): IndexRecord | null {
  // The archive's tools write Package first; anything else takes the slower way.
  const end = found.indexOf('\n');
  const first = found.startsWith('Package: ') ? found.slice(9, end === -1 ? undefined : end) : field(found, 'Package');
  if (first === null || !names.has(first)) return null;
  // A copy: V8's substrings keep the whole string alive that they were cut from, here all that was read of the index.
  const stanza = Buffer.from(found, 'latin1').toString('latin1');
  const name = field(stanza, 'Package') ?? first;
  const version = field(stanza, 'Version');
  const architecture = field(stanza, 'Architecture');
  if (version === null || architecture === null) return null;
  const sha256 = field(stanza, 'SHA256')?.toLowerCase() ?? '';
  const phased = Number.parseInt(field(stanza, 'Phased-Update-Percentage') ?? '', 10);
  return {
    name,
    version,
    architecture,
    ...sourceOf(stanza, name, version),
    sha256: /^[0-9a-f]{64}$/.test(sha256) ? sha256 : null,
    sizeBytes: natural(field(stanza, 'Size')),
    installedKib: natural(field(stanza, 'Installed-Size')),
    phasedPercentage: phased >= 0 && phased <= 100 ? phased : null,
    index,
  };
}

function natural(text: string | null): number {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
