import { ecosystemOf } from '../model/namespace-name.ts';
import type { Software } from '../model/index.ts';

export interface Backport {
  /** The release from which it was built. */
  readonly namespace: string;
  readonly withoutMark: (version: string) => string;
  readonly why: string;
}

/**
 * Debian's backports are the next release's packages, built again: the release that they are installed on never had that
 * version, so its advisories would call every backport repaired (`2.0-1~bpo12+1` is later than any `1.x-1+deb12u3`). They
 * are held against the next release, as the version that they rebuild. Debian's security team does not follow
 * backports, hence a gap is stated besides.
 */
export function backportOf(software: Pick<Software, 'namespace' | 'version' | 'channel'>): Backport | null {
  if (ecosystemOf(software.namespace) !== 'debian') return null;
  const mark = /~bpo(\d{1,2})\+\d+/.exec(software.version);
  if (mark?.[1] === undefined) return null;
  // `~bpo11+1` still there after an upgrade to 12 was built from 12, and is held against it.
  const next = `debian:${Number(mark[1]) + 1}`;
  return {
    namespace: next,
    withoutMark: (version) => version.replace(/~bpo\d{1,2}\+\d+/, ''),
    why: `${software.version} is a backport, which Debian's security team does not follow: it is held against ${next}, from which backports are built, without its ~bpo mark`,
  };
}
