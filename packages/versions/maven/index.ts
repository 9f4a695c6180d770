import { REGISTRY_LIMIT_CHARACTERS } from '../registry-length-limit.ts';
import type { VersionScheme } from '../scheme.ts';
import { compareMavenVersions } from './compare.ts';
import { parseMavenVersion, type MavenVersion } from './parse.ts';

export const maven: VersionScheme<MavenVersion> = {
  id: 'maven',
  name: 'Maven artifacts',
  specification: 'Maven POM Reference, Version Order Specification; ComparableVersion of Maven 3.8 and 3.9',
  limitCharacters: REGISTRY_LIMIT_CHARACTERS,
  parse: parseMavenVersion,
  compare: compareMavenVersions,
};
