import { REGISTRY_LIMIT_CHARACTERS } from '../registry-length-limit.ts';
import type { VersionScheme } from '../scheme.ts';
import { compareSemanticVersions, parseSemanticVersion, type SemanticVersion } from '../semantic-version.ts';

/**
 * What OSV calls SEMVER. One leading `v` is read over, since tags and inventories write it and it has no other meaning;
 * nothing else is: `V1.0.0`, `=1.0.0`, `1.0` and `1.0.0.0` are no versions.
 */
export const semver: VersionScheme<SemanticVersion> = {
  id: 'semver',
  name: 'Semantic Versioning',
  specification: 'Semantic Versioning 2.0.0, clauses 2-11',
  limitCharacters: REGISTRY_LIMIT_CHARACTERS,
  parse: (text) => parseSemanticVersion(text.startsWith('v') ? text.slice(1) : text),
  compare: compareSemanticVersions,
};
