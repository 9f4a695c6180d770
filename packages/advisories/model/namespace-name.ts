/**
 * A package's name as its ecosystem compares it: two spellings of one package meet here. Feeds write it into claims,
 * inventories into software.
 *
 * PyPI: PEP 503. NuGet, Packagist, Hex, Pub and CPE compare without regard to case. npm (old names have capitals), Go,
 * Maven, crates.io, RubyGems, CRAN, Hackage and the distributions compare letter by letter.
 */
export function canonicalName(namespace: string, name: string): string {
  switch (ecosystemOf(namespace)) {
    case 'pypi':
      return name.toLowerCase().replace(/[-_.]+/g, '-');
    case 'nuget':
    case 'composer':
    case 'hex':
    case 'pub':
    case 'cpe':
    case 'bitnami':
      return name.toLowerCase();
    default:
      return name;
  }
}

/** A namespace without its release: `debian:12` → `debian`. */
export function ecosystemOf(namespace: string): string {
  const colon = namespace.indexOf(':');
  return colon < 0 ? namespace : namespace.slice(0, colon);
}
