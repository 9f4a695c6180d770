import { REGISTRY_LIMIT_CHARACTERS } from '../registry-length-limit.ts';
import type { VersionScheme } from '../scheme.ts';
import { compareComposerVersions } from './compare.ts';
import { parseComposerVersion, type ComposerVersion } from './parse.ts';

export const composer: VersionScheme<ComposerVersion> = {
  id: 'composer',
  name: 'PHP packages',
  specification: 'Composer\\Semver\\VersionParser::normalize, then PHP version_compare',
  limitCharacters: REGISTRY_LIMIT_CHARACTERS,
  parse: parseComposerVersion,
  compare: compareComposerVersions,
};
