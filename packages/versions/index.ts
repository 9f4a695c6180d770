export { compareVersions, isVersion, orderVersions } from './compare-versions.ts';
export { SCHEMES } from './registry.ts';
export type { ComparableScheme, VersionOrder, VersionScheme } from './scheme.ts';
export { VersionError, type VersionErrorCode } from './version-error.ts';
export {
  formatVers,
  intervalsToVers,
  parseVers,
  rangeFromNative,
  versComplement,
  versContains,
  versToIntervals,
  type Vers,
  type VersComparator,
  type VersConstraint,
  type VersionInterval,
} from './vers/index.ts';
