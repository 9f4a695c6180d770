import { VersionError } from '../version-error.ts';

/** For a text that is no range: `reason` completes "… is not a range: ". */
export function notARange(scheme: string, text: string, reason: string): VersionError {
  const message = `${JSON.stringify(text.slice(0, 200))} is not a range of ${scheme} versions: ${reason}`;
  return new VersionError('not-a-range', scheme, text, message);
}

/** The longest lists of affected versions in the wild have some 2,000 entries of some 10 characters. */
export const RANGE_LIMIT_CHARACTERS = 262_144;
