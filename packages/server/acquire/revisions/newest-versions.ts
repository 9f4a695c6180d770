import type { RepositoryFormatId } from '@thimble/protocol';
import { orderVersions } from '@thimble/versions';

/** The version scheme of a format's packages. */
const SCHEMES: Readonly<Record<RepositoryFormatId, string>> = {
  apt: 'deb',
  rpm: 'rpm',
  apk: 'apk',
  generic: 'generic',
};

export function schemeOf(format: string): string {
  return SCHEMES[format as RepositoryFormatId] ?? 'generic';
}

/** The order of two versions of a format's packages; what has no order is equal. */
export function orderOf(format: string, a: string, b: string): number {
  const result = orderVersions(schemeOf(format), a, b);
  return 'order' in result ? result.order : 0;
}

/** So many of the newest versions; all of them when some have no order, because then nobody knows which are newest. */
export function newestVersions(
  format: string,
  members: readonly { readonly version: string }[],
  count: number,
): ReadonlySet<string> {
  const versions = [...new Set(members.map(({ version }) => version))];
  if (versions.length <= count) return new Set(versions);
  const scheme = schemeOf(format);
  const [first = ''] = versions;
  if (versions.some((version) => !('order' in orderVersions(scheme, first, version)))) return new Set(versions);
  return new Set(versions.sort((a, b) => orderOf(format, b, a)).slice(0, count));
}
