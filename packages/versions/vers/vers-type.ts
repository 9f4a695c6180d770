import { SCHEMES } from '../registry.ts';
import { VersionError } from '../version-error.ts';

/** Where the name in VERS is not the id of the scheme. The first of a scheme's names is the one that is printed. */
const TYPES: readonly (readonly [type: string, scheme: string])[] = [
  ['pypi', 'pep440'],
  ['alpine', 'apk'],
  ['arch', 'alpm'],
  ['swift', 'semver'],
  ['bitnami', 'semver'],
];
/** Also names of their own in VERS, unlike `pep440`. */
const OWN_NAMES: ReadonlySet<string> = new Set(SCHEMES.map(({ id }) => id).filter((id) => id !== 'pep440'));
const SCHEME_OF_TYPE: ReadonlyMap<string, string> = new Map([
  ...[...OWN_NAMES].map((id) => [id, id] as const),
  ...TYPES,
]);

/** @throws VersionError `unknown-scheme`. */
export function schemeOfVersType(type: string): string {
  return (
    SCHEME_OF_TYPE.get(type) ?? unknown(type, `no versions of type ${JSON.stringify(type.slice(0, 100))} are known`)
  );
}

/** @throws VersionError `unknown-scheme`. */
export function versTypeOf(scheme: string): string {
  if (OWN_NAMES.has(scheme)) return scheme;
  const type = TYPES.find((entry) => entry[1] === scheme)?.[0];
  return type ?? unknown(scheme, `no version scheme is named '${scheme.slice(0, 100)}'`);
}

function unknown(name: string, message: string): never {
  throw new VersionError('unknown-scheme', name, null, message);
}
