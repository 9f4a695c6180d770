import { REGISTRY_LIMIT_CHARACTERS } from '../registry-length-limit.ts';
import type { VersionScheme } from '../scheme.ts';
import { compareGemVersions } from './compare.ts';
import { parseGemVersion, type GemVersion } from './parse.ts';

export const gem: VersionScheme<GemVersion> = {
  id: 'gem',
  name: 'Ruby gems',
  specification: 'RubyGems, Gem::Version',
  limitCharacters: REGISTRY_LIMIT_CHARACTERS,
  parse: parseGemVersion,
  compare: compareGemVersions,
};
