import type { RepositorySummary } from '@thimble/protocol';

type Place = Pick<RepositorySummary, 'uris' | 'mirrorList' | 'suite' | 'components'>;

/** `deb.example/debian bookworm main`: without the scheme, which says little. */
export function placeOf({ uris, mirrorList, suite, components }: Place): string {
  const address = (uris[0] ?? mirrorList ?? '').replace(/^https?:\/\//, '').replace(/\/$/, '');
  return [address, suite, ...components].filter((part) => part !== '').join(' ');
}

/** As vendors publish it, so that people can compare: in groups of four. */
export function inGroups(fingerprint: string): string {
  return fingerprint.replaceAll(/(.{4})(?=.)/g, '$1 ');
}
