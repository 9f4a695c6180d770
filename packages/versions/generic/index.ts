import type { VersionScheme } from '../scheme.ts';
import { compareGenericVersions } from './compare.ts';
import { parseGenericVersion, type GenericVersion } from './parse.ts';

export const generic: VersionScheme<GenericVersion> = {
  id: 'generic',
  name: 'Network devices and other applications',
  specification: 'none: only what the texts leave no doubt about (docs/versions.md)',
  parse: parseGenericVersion,
  compare: compareGenericVersions,
};
