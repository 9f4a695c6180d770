import type { VersionScheme } from '../scheme.ts';
import { compareFreebsdVersions } from './compare.ts';
import { parseFreebsdVersion, type FreebsdVersion } from './parse.ts';

export const freebsd: VersionScheme<FreebsdVersion> = {
  id: 'freebsd',
  name: 'FreeBSD packages and ports',
  specification: "pkg-version(8), Porter's Handbook 5.2",
  parse: parseFreebsdVersion,
  compare: compareFreebsdVersions,
};
