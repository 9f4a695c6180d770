import { REGISTRY_LIMIT_CHARACTERS } from '../registry-length-limit.ts';
import type { VersionScheme } from '../scheme.ts';
import { compareNugetVersions } from './compare.ts';
import { parseNugetVersion, type NugetVersion } from './parse.ts';

export const nuget: VersionScheme<NugetVersion> = {
  id: 'nuget',
  name: 'NuGet packages',
  specification: 'NuGet, Package versioning; NuGet.Versioning, VersionComparer.Default',
  limitCharacters: REGISTRY_LIMIT_CHARACTERS,
  parse: parseNugetVersion,
  compare: compareNugetVersions,
};
