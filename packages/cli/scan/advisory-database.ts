import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createFetcher, type Fetcher } from '@thimble/feeds';
import type { Cli } from '../cli.ts';
import { VERSION } from '../version.ts';

/** Where this machine's advisories are: as told, else THIMBLE_ADVISORIES, else below the user's data (XDG base directories). */
export function advisoryDatabase({ env }: Pick<Cli, 'env'>, given?: string): string {
  const stated = given ?? env['THIMBLE_ADVISORIES'];
  if (stated !== undefined && stated !== '') return resolve(stated);
  const data = env['XDG_DATA_HOME'];
  const base = data === undefined || data === '' ? join(env['HOME'] ?? homedir(), '.local', 'share') : data;
  return join(base, 'thimble', 'advisories.sqlite');
}

export interface FetchSources {
  readonly mirror?: string | undefined;
  readonly baseUrls?: ReadonlyMap<string, string>;
}

/** Fetches as the environment says (HTTPS_PROXY, NO_PROXY); downloads lie beside the database while they are read. */
export function localFetcher({ env }: Pick<Cli, 'env'>, database: string, sources: FetchSources = {}): Fetcher {
  return createFetcher({
    temporaryDirectory: database === '' ? tmpdir() : join(dirname(database), 'downloads'),
    userAgent: `Thimble/${VERSION}`,
    proxy: env['HTTPS_PROXY'] ?? env['https_proxy'] ?? env['HTTP_PROXY'] ?? env['http_proxy'] ?? null,
    noProxy: env['NO_PROXY'] ?? env['no_proxy'] ?? '',
    mirror: sources.mirror ?? env['THIMBLE_FEED_MIRROR'] ?? null,
    baseUrls: sources.baseUrls ?? new Map(),
  });
}
