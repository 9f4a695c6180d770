import type { RepositoryFormat } from '../../model/index.ts';
import { aptClientConfiguration } from './client-configuration.ts';
import { freezeApt } from './freeze.ts';

export { parseSources, type ParsedSources, type SourcesFault } from './parse-sources.ts';
export type { ConfiguredSource } from './source-entry.ts';

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['deb', 'application/vnd.debian.binary-package'],
  ['udeb', 'application/vnd.debian.binary-package'],
  ['ddeb', 'application/vnd.debian.binary-package'],
  ['gpg', 'application/pgp-signature'],
  ['gz', 'application/gzip'],
  ['xz', 'application/x-xz'],
  ['zst', 'application/zstd'],
  ['bz2', 'application/x-bzip2'],
]);

/** Texts without a suffix, wherever they are. */
const TEXTS: ReadonlySet<string> = new Set(['InRelease', 'Release', 'Packages', 'Sources', 'Index']);

/** Archives of Debian, Ubuntu and all who publish as they do: DebianRepository/Format. */
export const aptFormat: RepositoryFormat = {
  id: 'apt',
  name: 'Debian archive',
  freeze: freezeApt,
  contentType(path) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (TEXTS.has(name)) return 'text/plain; charset=utf-8';
    return CONTENT_TYPES.get(name.slice(name.lastIndexOf('.') + 1)) ?? 'application/octet-stream';
  },
  clientConfiguration: aptClientConfiguration,
};
