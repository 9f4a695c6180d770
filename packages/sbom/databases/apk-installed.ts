import { SbomError } from '../reader.ts';
import type { InstalledDatabase, InstalledSoftware } from './installed-software.ts';

/** Where apk keeps it, relative to the root; newer systems moved it to usr. */
export const APK_INSTALLED_PATHS = ['lib/apk/db/installed', 'usr/lib/apk/db/installed'] as const;

/**
 * apk's database of installed packages (apk-package(5), apk v2 index fields): blocks of one-letter fields, `P` name, `V`
 * version, `A` architecture, `o` origin (the source), `L` licence, `m` maintainer.
 *
 * @throws SbomError `malformed` when there is text but not one package
 */
export function readApkInstalled(bytes: Uint8Array): InstalledDatabase {
  const packages: InstalledSoftware[] = [];
  const problems: string[] = [];
  const text = Buffer.from(bytes).toString('utf8');
  for (const block of text.split(/\n{2,}/)) {
    if (block.trim() === '') continue;
    const fields = fieldsOf(block);
    const [name, version] = [fields.get('P'), fields.get('V')];
    if (name === undefined || version === undefined) {
      problems.push(`a block without name and version: ${JSON.stringify(block.slice(0, 60))}`);
      continue;
    }
    const source = fields.get('o') ?? null;
    packages.push({
      name,
      version,
      architecture: fields.get('A') ?? null,
      source: source === null ? null : { name: source, version },
      vendor: fields.get('m') ?? null,
      module: null,
      licence: fields.get('L') ?? null,
    });
  }
  if (packages.length === 0 && text.trim() !== '')
    throw new SbomError('malformed', 'this is not a database of apk: no package is in it');
  return { packages, problems: problems.slice(0, 20) };
}

/** The first of each letter: file lists further down use some letters again. */
function fieldsOf(block: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const match = /^([A-Za-z]):(.*)$/.exec(line);
    // From the first folder on, the fields belong to files.
    if (match?.[1] === 'F') break;
    if (match?.[1] !== undefined && match[2] !== undefined && !fields.has(match[1])) fields.set(match[1], match[2]);
  }
  return fields;
}
