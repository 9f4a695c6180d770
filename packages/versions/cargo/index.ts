import { REGISTRY_LIMIT_CHARACTERS } from '../registry-length-limit.ts';
import type { VersionScheme } from '../scheme.ts';
import { compareSemanticVersions, parseSemanticVersion, type SemanticVersion } from '../semantic-version.ts';

/** The parts are u64 in the crate `semver`, which cargo uses. */
const PART_MAX = '18446744073709551615';

/**
 * By precedence (`Version::cmp_precedence`), not by `Version::cmp`, which orders build metadata too: requirements ignore
 * it, and advisories name `0.13.4` for what crates.io calls `0.13.4+1.4.2`.
 */
export const cargo: VersionScheme<SemanticVersion> = {
  id: 'cargo',
  name: 'Rust crates',
  specification: 'Semantic Versioning 2.0.0 as the crate semver 1 reads it',
  limitCharacters: REGISTRY_LIMIT_CHARACTERS,
  parse: (text) => parseSemanticVersion(text, PART_MAX),
  compare: compareSemanticVersions,
};
