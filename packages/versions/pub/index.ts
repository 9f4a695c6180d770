import { REGISTRY_LIMIT_CHARACTERS } from '../registry-length-limit.ts';
import type { VersionScheme } from '../scheme.ts';
import { comparePubVersions } from './compare.ts';
import { parsePubVersion, type PubVersion } from './parse.ts';

export const pub: VersionScheme<PubVersion> = {
  id: 'pub',
  name: 'Dart packages',
  specification: 'Dart, pub_semver, Version.compareTo',
  limitCharacters: REGISTRY_LIMIT_CHARACTERS,
  parse: parsePubVersion,
  compare: comparePubVersions,
};
