import type { VersionScheme } from '../scheme.ts';
import { compareRpmVersions } from './compare.ts';
import { parseRpmVersion, type RpmVersion } from './parse.ts';

export const rpm: VersionScheme<RpmVersion> = {
  id: 'rpm',
  name: 'RPM packages',
  specification: 'rpm-version(7), rpmverCmp of rpm 4.18',
  limitCharacters: 65_536,
  parse: parseRpmVersion,
  compare: compareRpmVersions,
};
