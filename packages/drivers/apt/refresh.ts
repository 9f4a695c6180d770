import type { Gap } from '@thimble/protocol';
import type { Host } from '../host.ts';
import { classifyAptError, type AptError } from './apt-errors.ts';
import { DEADLINES } from './limits.ts';
import { aptGet, SYSTEM_LISTS, type AptWorkspace } from './workspace.ts';

export type Refresh =
  | { readonly ok: true; readonly workspace: AptWorkspace; readonly gaps: readonly Gap[] }
  | { readonly ok: false; readonly error: AptError };

/**
 * Fetches the indexes into our own lists. A repository that was reached before and can't be now stops an order: its
 * news may be the very security update that is asked for. One that was never reached is a gap. A bad signature always
 * stops.
 */
export async function refresh(host: Host, workspace: AptWorkspace, signal?: AbortSignal): Promise<Refresh> {
  const lists = `${workspace.directory}/lists`;
  const own: AptWorkspace = { ...workspace, lists };
  const known = new Set([
    ...((await host.listDirectory(lists)) ?? []),
    ...((await host.listDirectory(SYSTEM_LISTS)) ?? []),
  ]);
  const result = await host.run(aptGet(own, 'update'), {
    deadlineMs: DEADLINES.refreshMs,
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.stopped !== null) {
    return {
      ok: false,
      error: { code: 'index-unreachable', message: `apt-get update was stopped: ${result.stopped}` },
    };
  }
  if (result.exitCode === 0) return { ok: true, workspace: own, gaps: [] };
  const error = classifyAptError(result.stderr, 'index-unreachable');
  // apt keeps the old index and carries on with it; what does not match its signature is not to be trusted all the same.
  const code = error.code === 'digest-mismatch' ? 'index-not-verified' : error.code;
  if (code !== 'index-unreachable') return { ok: false, error: { ...error, code } };
  const fetched = ((await host.listDirectory(lists)) ?? []).some((name) => /(^|_)(In)?Release$/.test(name));
  const failed = failedUris(result.stderr);
  const missed = failed.filter((uri) => known.has(listName(uri)) || known.has(listName(releaseOf(uri))));
  if (!fetched || failed.length === 0 || missed.length > 0) return { ok: false, error };
  return {
    ok: true,
    workspace: own,
    gaps: failed.map((uri) => ({ what: `repository ${uri}`.slice(0, 512), why: 'it has never been reached' })),
  };
}

export function failedUris(stderr: string): readonly string[] {
  const uris = new Set<string>();
  for (const match of stderr.matchAll(/^[EW]: (?:Failed to fetch (\S+)|The repository '(\S+) \S+ \S+')/gm)) {
    const uri = match[1] ?? match[2];
    if (uri !== undefined) uris.add(uri.replace(/^([a-z0-9+.-]+:\/\/)[^/@]*@/i, '$1'));
  }
  return [...uris];
}

function releaseOf(uri: string): string {
  return uri.replace(/(\/dists\/.*?)\/(?:[^/]+\/)?(?:binary-[^/]+\/.*|(?:In)?Release(?:\.gpg)?)$/, '$1/InRelease');
}

/** How apt names a URI's file in its lists (URItoFileName): no scheme, slashes become underscores. */
export function listName(uri: string): string {
  return uri
    .replace(/^[a-z0-9+.-]+:\/\//i, '')
    .replaceAll('_', '%5f')
    .replaceAll('/', '_');
}
