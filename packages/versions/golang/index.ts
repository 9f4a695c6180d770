import { REGISTRY_LIMIT_CHARACTERS } from '../registry-length-limit.ts';
import type { VersionScheme } from '../scheme.ts';
import { compareSemanticVersions, type SemanticVersion } from '../semantic-version.ts';
import { parseGoVersion } from './parse.ts';

/** Pseudo-versions are pre-releases that order by their time stamps; `+incompatible` is build metadata and has no weight. */
export const golang: VersionScheme<SemanticVersion> = {
  id: 'golang',
  name: 'Go modules and toolchains',
  specification: 'Go Modules Reference, Versions; golang.org/x/mod/semver; go/version',
  limitCharacters: REGISTRY_LIMIT_CHARACTERS,
  parse: parseGoVersion,
  compare: compareSemanticVersions,
};
