/** The same processors under the names of dpkg, RPM, apk and Go; `all` and `noarch` are of every one. */
export function sameArchitecture(installed: string | null, claimed: readonly string[]): boolean {
  if (installed === null || INDEPENDENT.has(installed)) return true;
  const name = canonical(installed);
  return claimed.some((architecture) => INDEPENDENT.has(architecture) || canonical(architecture) === name);
}

/** A source package is built for all of them. */
const INDEPENDENT: ReadonlySet<string> = new Set(['all', 'any', 'noarch', 'src', 'nosrc', 'source', '*', '']);

const NAMES: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['aarch64', 'arm64'],
  ['i486', 'i386'],
  ['i586', 'i386'],
  ['i686', 'i386'],
  ['x86', 'i386'],
  ['ppc64le', 'ppc64el'],
  ['armv7hl', 'armhf'],
  ['armv7', 'armhf'],
  ['armv7h', 'armhf'],
]);

function canonical(architecture: string): string {
  return NAMES.get(architecture) ?? architecture;
}
