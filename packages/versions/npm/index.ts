import { REGISTRY_LIMIT_CHARACTERS } from '../registry-length-limit.ts';
import type { VersionScheme } from '../scheme.ts';
import { compareSemanticVersions, parseSemanticVersion, type SemanticVersion } from '../semantic-version.ts';

/** node-semver refuses parts above Number.MAX_SAFE_INTEGER (internal/constants.js). */
const PART_MAX = '9007199254740991';

/** What `new SemVer(text)` accepts in its strict mode, which the registry demands: a leading `v` is read over. */
export const npm: VersionScheme<SemanticVersion> = {
  id: 'npm',
  name: 'npm packages',
  specification: 'Semantic Versioning 2.0.0 as node-semver 7 reads it',
  limitCharacters: REGISTRY_LIMIT_CHARACTERS,
  parse: (text) => parseSemanticVersion(text.startsWith('v') ? text.slice(1) : text, PART_MAX),
  compare: compareSemanticVersions,
};
