import type { KeySummary, RepositorySummary } from '@thimble/protocol';
import { printable, type Terminal } from '../terminal/index.ts';

/** `apt https://deb.example/debian bookworm main`. */
export function placeOf({
  format,
  uris,
  mirrorList,
  suite,
  components,
}: Pick<RepositorySummary, 'format' | 'uris' | 'mirrorList' | 'suite' | 'components'>): string {
  return [format, uris[0] ?? mirrorList ?? '', suite, ...components].filter((part) => part !== '').join(' ');
}

export function keyInWords({ colour }: Terminal, { fingerprint, userIds, problem }: KeySummary): string {
  const name = userIds[0] === undefined ? '' : `  ${printable(userIds[0])}`;
  return `${groups(fingerprint)}${name}${problem === '' ? '' : `  ${colour.bad(printable(problem))}`}`;
}

/** As gpg prints it, so that people can compare. */
function groups(fingerprint: string): string {
  return fingerprint.replaceAll(/(.{4})(?=.)/g, '$1 ');
}
