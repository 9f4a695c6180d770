import { SbomError } from '../reader.ts';
import type { InstalledSoftware } from './installed-software.ts';

/** Below the root: a folder for each package, with a file `desc`. */
export const PACMAN_LOCAL_PATH = 'var/lib/pacman/local';

/** One `desc` file of pacman's local database: sections `%NAME%` with their lines. @throws SbomError `malformed` */
export function readPacmanDescription(bytes: Uint8Array): InstalledSoftware {
  const sections = new Map<string, string>();
  for (const block of Buffer.from(bytes)
    .toString('utf8')
    .split(/\n{2,}/)) {
    const match = /^%([A-Z0-9]+)%\n([^\n]*)/.exec(block.trim());
    if (match?.[1] !== undefined && match[2] !== undefined) sections.set(match[1], match[2]);
  }
  const [name, version] = [sections.get('NAME'), sections.get('VERSION')];
  if (name === undefined || version === undefined)
    throw new SbomError('malformed', 'a package of the pacman database states no name and version');
  const base = sections.get('BASE');
  return {
    name,
    version,
    architecture: sections.get('ARCH') ?? null,
    source: base === undefined ? null : { name: base, version },
    vendor: sections.get('PACKAGER') ?? null,
    module: null,
    licence: sections.get('LICENSE') ?? null,
  };
}
