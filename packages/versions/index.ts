export { compareVersions, isVersion } from './compare-versions.ts';
export { SCHEMES } from './registry.ts';
export type { ComparableScheme, VersionScheme } from './scheme.ts';
export { VersionError, type VersionErrorCode } from './version-error.ts';
