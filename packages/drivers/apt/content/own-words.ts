import type { AptError } from '../apt-errors.ts';
import type { AptWorkspace } from '../workspace.ts';

/** How a workspace whose only source is a snapshot speaks of the endpoint's own repositories. */
export interface SnapshotPlaces {
  readonly snapshotName: string;
  readonly baseUrls: readonly string[];
  /** Base URLs of revisions at the gateway, with the endpoint's own address of each. */
  readonly addresses: readonly { readonly gateway: string; readonly own: string }[];
}

type Workspace = Pick<AptWorkspace, 'snapshot'>;

/** A repository's address as the endpoint itself has it; the gateway's means nothing after the order. */
export function ownAddress({ snapshot }: Workspace, uri: string): string {
  const found = snapshot?.addresses.find(({ gateway }) => uri === gateway || uri.startsWith(`${gateway}/`));
  return found === undefined ? uri : found.own + uri.slice(found.gateway.length);
}

/** Messages of apt without the gateway's address, whose path is a secret. */
export function inOwnWords({ snapshot }: Workspace, text: string): string {
  if (snapshot === undefined) return text;
  let said = text;
  for (const { gateway, own } of snapshot.addresses) said = said.replaceAll(gateway, own);
  for (const url of snapshot.baseUrls)
    said = said
      .replaceAll(url, `the snapshot ${snapshot.snapshotName}`)
      .replaceAll(url.slice(url.lastIndexOf('/') + 1), '…');
  return said.replace(/ \[IP: 127\.0\.0\.\d+ \d+\]/g, '');
}

/** What apt's trouble with the gateway means for the order. */
export function snapshotError(workspace: Workspace, error: AptError): AptError {
  if (workspace.snapshot === undefined) return error;
  const message = inOwnWords(workspace, error.message);
  if (/ 451 /.test(error.message)) return { code: 'blocked', message };
  const unavailable =
    error.code === 'index-unreachable' || (error.code === 'download-failed' && isUnavailable(error.message));
  return unavailable ? { code: 'snapshot-unavailable', message } : { ...error, message };
}

/** The gateway's own answer when neither a relay nor the server gave anything, and none answers when it is gone. */
export function isUnavailable(text: string): boolean {
  return / 50[234] |Could not connect|Connection (failed|timed out|refused)|Unable to connect/.test(text);
}
