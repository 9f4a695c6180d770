import { SCHEMES } from './registry.ts';
import type { ComparableScheme } from './scheme.ts';
import { VersionError } from './version-error.ts';

const BY_ID: ReadonlyMap<string, ComparableScheme> = new Map(SCHEMES.map((scheme) => [scheme.id, scheme]));

/**
 * The order of two versions of one scheme.
 * @throws VersionError `unknown-scheme` or `not-a-version`; never an answer for garbage.
 */
export function compareVersions(scheme: string, a: string, b: string): -1 | 0 | 1 {
  const result = schemeNamed(scheme).order(a, b);
  if ('order' in result) return result.order;
  const shown = JSON.stringify(result.notAVersion.slice(0, 100));
  throw new VersionError('not-a-version', scheme, result.notAVersion, `${shown} is not a ${scheme} version`);
}

/** @throws VersionError `unknown-scheme`. */
export function isVersion(scheme: string, text: string): boolean {
  return schemeNamed(scheme).accepts(text);
}

function schemeNamed(id: string): ComparableScheme {
  const scheme = BY_ID.get(id);
  if (scheme === undefined) throw new VersionError('unknown-scheme', id, null, `no version scheme is named '${id}'`);
  return scheme;
}
