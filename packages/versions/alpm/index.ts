import type { VersionScheme } from '../scheme.ts';
import { compareAlpmVersions } from './compare.ts';
import { parseAlpmVersion, type AlpmVersion } from './parse.ts';

export const alpm: VersionScheme<AlpmVersion> = {
  id: 'alpm',
  name: 'pacman packages',
  specification: 'vercmp(8), alpm_pkg_vercmp of pacman 6',
  limitCharacters: 65_536,
  parse: parseAlpmVersion,
  compare: compareAlpmVersions,
};
