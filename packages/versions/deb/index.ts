import type { VersionScheme } from '../scheme.ts';
import { compareDebVersions } from './compare.ts';
import { parseDebVersion, type DebVersion } from './parse.ts';

export const deb: VersionScheme<DebVersion> = {
  id: 'deb',
  name: 'Debian packages',
  specification: 'Debian Policy 5.6.12, deb-version(7)',
  limitCharacters: 65_536,
  parse: parseDebVersion,
  compare: compareDebVersions,
};
