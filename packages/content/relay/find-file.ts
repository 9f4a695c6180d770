import type { Acquirer, Acquisition } from '../model/index.ts';
import { ContentFault } from '../model/index.ts';
import type { ContentAddress, ContentProblem, ServableFile } from '../serving/index.ts';
import type { Admission, RelayPrincipal } from './admission.ts';
import type { KnownAddresses, KnownFile } from './known-addresses.ts';
import { passThrough } from './pass-through.ts';
import type { RelayCache } from './relay-cache.ts';
import { RelayError } from './relay-error.ts';
import type { ServerLink } from './server-link.ts';

export interface FindFileParts {
  readonly admission: Pick<Admission, 'isBlocked'>;
  readonly addresses: KnownAddresses;
  readonly cache: Pick<RelayCache, 'makeRoom' | 'evict'>;
  readonly acquirer: Pick<Acquirer, 'acquire'>;
  readonly link: Pick<ServerLink, 'look' | 'read' | 'address'>;
  /** False: the last hello failed. */
  readonly isLinkUp: () => boolean;
  readonly onFetched: (address: ContentAddress, principal: RelayPrincipal, bytes: number) => void;
}

type Found = ({ readonly kind: 'file' } & KnownFile) | ContentProblem;

const BLOCKED: ContentProblem = {
  kind: 'problem',
  status: 451,
  code: 'blocked',
  detail: 'This version was recalled: it must not be installed from now on.',
};
const LINK_DOWN: ContentProblem = {
  kind: 'problem',
  status: 503,
  code: 'link-down',
  side: 'remote',
  detail: 'This relay has not got this file, and can’t reach its server now.',
  headers: { 'retry-after': '30' },
};

/** Says which file is at an address, from what is known here or by asking the server, once however many ask. */
export function createFindFile(
  parts: FindFileParts,
): (
  address: ContentAddress,
  principal: RelayPrincipal,
) => ServableFile | ContentProblem | Promise<ServableFile | ContentProblem> {
  const looking = new Map<string, Promise<Found>>();
  const look = (target: string, { organisationId, authorization }: RelayPrincipal): Promise<Found> => {
    if (!parts.isLinkUp()) return Promise.resolve(LINK_DOWN);
    const key = `${organisationId} ${target}`;
    const underWay = looking.get(key);
    if (underWay !== undefined) return underWay;
    const asked = parts.link
      .look(target, authorization)
      .then((found) => {
        if (found.kind === 'file') parts.addresses.learn(organisationId ?? '', target, found);
        return found;
      })
      .catch((error: unknown) => {
        if (error instanceof RelayError) return LINK_DOWN;
        throw error;
      })
      .finally(() => looking.delete(key));
    looking.set(key, asked);
    return asked;
  };
  const servable = (address: ContentAddress, target: string, file: KnownFile, principal: RelayPrincipal) =>
    parts.admission.isBlocked(principal.organisationId, { sha256: file.sha256 })
      ? BLOCKED
      : ({ kind: 'file', ...file, acquire: () => acquire(parts, address, target, file, principal) } as const);

  return (address, principal) => {
    if (address.kind === 'revision') {
      const place = `${address.revisionId}/${address.path}`;
      if (parts.admission.isBlocked(principal.organisationId, { place })) return BLOCKED;
    }
    const target = targetOf(address);
    const known = parts.addresses.find(principal.organisationId ?? '', target);
    if (known !== null) return servable(address, target, known, principal);
    return look(target, principal).then((found) =>
      found.kind === 'problem' ? found : servable(address, target, found, principal),
    );
  };
}

async function acquire(
  { cache, acquirer, link, isLinkUp, onFetched }: FindFileParts,
  address: ContentAddress,
  target: string,
  file: KnownFile,
  principal: RelayPrincipal,
): Promise<Acquisition> {
  const { sha256, sizeBytes } = file;
  // An acquirer is patient with a server that is away; here somebody waits, who can go elsewhere.
  if (!isLinkUp()) throw new ContentFault('unreachable', LINK_DOWN.detail);
  const fetched = (bytes: number): void => onFetched(address, principal, bytes);
  if (sha256 === null || !(await cache.makeRoom(sizeBytes))) return passThrough(link, target, file, fetched);
  const wanted = {
    urls: [link.address(target)],
    name: address.kind === 'revision' ? address.path : sha256,
    check: { kind: 'sha256', sha256, sizeBytes },
  } as const;
  let acquisition: Acquisition;
  try {
    acquisition = await acquirer.acquire(wanted);
  } catch (error) {
    if (!(error instanceof ContentFault) || error.code !== 'disk-full') throw error;
    if ((await cache.evict(sizeBytes)) < sizeBytes) return passThrough(link, target, file, fetched);
    acquisition = await acquirer.acquire(wanted).catch((again: unknown) => {
      if (again instanceof ContentFault && again.code === 'disk-full') return passThrough(link, target, file, fetched);
      throw again;
    });
  }
  if (acquisition.origin === 'fetching')
    acquisition.done.then(
      () => fetched(sizeBytes),
      () => undefined,
    );
  return acquisition;
}

/** As the server reads it, however the client wrote it. */
function targetOf(address: ContentAddress): string {
  if (address.kind === 'object') return `/content/objects/${address.sha256}`;
  const path = address.path.split('/').map(encodeURIComponent).join('/');
  return `/content/revisions/${address.revisionId}/${path}`;
}
