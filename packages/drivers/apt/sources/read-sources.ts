import type { Gap } from '@thimble/protocol';
import { HostError, type Host } from '../../host.ts';
import { READ_LIMITS } from '../limits.ts';
import type { AptPlaces } from './apt-places.ts';
import { parseDeb822Sources } from './deb822-form.ts';
import { parseOneLine } from './one-line.ts';
import type { SourceEntry } from './source-entry.ts';

/** All enabled `deb` entries of the endpoint, in apt's order. What could not be read is a gap. */
export interface Sources {
  readonly entries: readonly SourceEntry[];
  readonly gaps: readonly Gap[];
}

/** Many times what anybody has; apt itself would need minutes for its lists. */
const FILES_MAX = 500;
const ENTRIES_MAX = 1_000;

export async function readSources(host: Host, places: Pick<AptPlaces, 'sourceList' | 'sourceParts'>): Promise<Sources> {
  const gaps: Gap[] = [];
  const entries: SourceEntry[] = [];
  const names = await listParts(host, places.sourceParts, /\.(list|sources)$/, gaps);
  const paths = [places.sourceList, ...names.map((name) => `${places.sourceParts}/${name}`)];
  if (paths.length > FILES_MAX) gaps.push({ what: places.sourceParts, why: `it has more than ${FILES_MAX} files` });
  for (const path of paths.slice(0, FILES_MAX)) {
    const text = await readSmall(host, path, gaps);
    if (text === null) continue;
    const parsed = path.endsWith('.sources') ? parseDeb822Sources(text, path) : parseOneLine(text, path);
    entries.push(...parsed.entries);
    gaps.push(...parsed.faults.map(({ number, why }) => ({ what: `${path}:${number}`.slice(-512), why })));
  }
  if (entries.length > ENTRIES_MAX) gaps.push({ what: 'repositories', why: `more than ${ENTRIES_MAX} are configured` });
  return { entries: entries.slice(0, ENTRIES_MAX), gaps };
}

/** Names that apt takes from a `.d` folder (run-parts' signs), in its order. */
export async function listParts(host: Host, folder: string, ending: RegExp, gaps: Gap[]): Promise<readonly string[]> {
  if (folder === '' || folder === '/dev/null') return [];
  try {
    const names = (await host.listDirectory(folder)) ?? [];
    return names.filter((name) => /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(name) && ending.test(name)).sort(byBytes);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    gaps.push({ what: folder.slice(-512), why: error.message.slice(0, 1_000) });
    return [];
  }
}

/** Text of a configuration file as latin1; null: it is not there, or can't be read, which is then a gap. */
export async function readSmall(host: Host, path: string, gaps: Gap[]): Promise<string | null> {
  if (path === '' || path === '/dev/null') return null;
  try {
    return (await host.readFile(path, { maxBytes: READ_LIMITS.smallFileBytes }))?.toString('latin1') ?? null;
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    gaps.push({ what: path.slice(-512), why: error.message.slice(0, 1_000) });
    return null;
  }
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
