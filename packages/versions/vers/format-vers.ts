import type { Vers } from './vers.ts';

/** The canonical form: `vers:pypi/>=1.0|!=1.5|<2.0`. */
export function formatVers({ type, constraints }: Vers): string {
  const parts = constraints.map(({ comparator, version }) => (comparator === '=' ? '' : comparator) + quoted(version));
  return `vers:${type}/${parts.join('|')}`;
}

/** Signs that VERS itself uses, and what is not printable ASCII. */
function quoted(version: string): string {
  return version.replace(/[><=!*|%]|[^!-~]+/g, (sign) =>
    sign === '!' || sign === '*' ? `%${sign.charCodeAt(0).toString(16).toUpperCase()}` : encodeURIComponent(sign),
  );
}
