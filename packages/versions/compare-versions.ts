import { SCHEMES } from './registry.ts';
import type { ComparableScheme, VersionOrder } from './scheme.ts';
import { VersionError } from './version-error.ts';

const BY_ID: ReadonlyMap<string, ComparableScheme> = new Map(SCHEMES.map((scheme) => [scheme.id, scheme]));

/**
 * The order of two versions of one scheme.
 * @throws VersionError `unknown-scheme`, `not-a-version` or `not-comparable`; never an answer for garbage.
 */
export function compareVersions(scheme: string, a: string, b: string): -1 | 0 | 1 {
  const result = orderVersions(scheme, a, b);
  if ('order' in result) return result.order;
  if ('notComparable' in result)
    throw new VersionError('not-comparable', scheme, a, `${shown(a)} and ${shown(b)} are of forms that have no order`);
  const text = result.notAVersion;
  throw new VersionError('not-a-version', scheme, text, `${shown(text)} is not a ${scheme} version`);
}

/** As `compareVersions`, with a value instead of an exception for what has no order. @throws VersionError `unknown-scheme`. */
export function orderVersions(scheme: string, a: string, b: string): VersionOrder {
  return schemeNamed(scheme).order(a, b);
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

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
