export { formatVers } from './format-vers.ts';
export { intervalsToVers, versToIntervals, type VersionInterval } from './intervals.ts';
export { parseVers } from './parse-vers.ts';
export { rangeFromNative } from './range-from-native.ts';
export { versComplement } from './vers-complement.ts';
export { versContains } from './vers-contains.ts';
export type { Vers, VersComparator, VersConstraint } from './vers.ts';
