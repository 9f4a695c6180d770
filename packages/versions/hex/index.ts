import { REGISTRY_LIMIT_CHARACTERS } from '../registry-length-limit.ts';
import type { VersionScheme } from '../scheme.ts';
import { compareSemanticVersions, parseSemanticVersion, type SemanticVersion } from '../semantic-version.ts';

export const hex: VersionScheme<SemanticVersion> = {
  id: 'hex',
  name: 'Elixir and Erlang packages',
  specification: 'Semantic Versioning 2.0.0 as Elixir, Version.compare/2, reads it',
  limitCharacters: REGISTRY_LIMIT_CHARACTERS,
  parse: (text) => parseSemanticVersion(text),
  compare: compareSemanticVersions,
};
