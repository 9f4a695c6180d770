import type { ContentPlace } from '@thimble/protocol';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { isInNetworks } from '../../http/networks.ts';
import { ONLINE_MS } from '../relays/relay-list.ts';

/** More relays than these are no help to an endpoint that can't reach one; the server is always there besides. */
const RELAYS_NAMED = 15;

interface RelayRow {
  readonly name: string;
  readonly url: string;
  readonly certificate_sha256: string | null;
  readonly site: string | null;
  readonly networks: string[];
}

/**
 * Where an endpoint asks for content, best first: relays that are there of the network that its request came from, the narrowest one
 * first, then those of its site, then the server. A relay without site and networks is nobody's: it says nowhere that it is near.
 */
export async function placesFor(
  { database, clock, publicUrl }: ServerContext,
  { organisationId, site, address }: { organisationId: string; site: string; address: string },
): Promise<ContentPlace[]> {
  const since = new Date(clock().getTime() - ONLINE_MS);
  const { rows } = await sql<RelayRow>`
    select name, url, certificate_sha256, site, networks from content_relay
    where organisation_id = ${organisationId} and removed_at is null and last_seen_at >= ${since} and url is not null
    order by name`.execute(database.kysely);
  const near = rows.flatMap((relay) => {
    const networks = relay.networks.filter((network) => isInNetworks(address, [network]));
    const bits = Math.max(-1, ...networks.map((network) => Number(network.split('/')[1])));
    const isOfSite = site !== '' && relay.site === site;
    return bits < 0 && !isOfSite ? [] : [{ relay, rank: bits < 0 ? -1 : bits * 2 + (isOfSite ? 1 : 0) }];
  });
  near.sort((a, b) => b.rank - a.rank);
  return [
    ...near
      .slice(0, RELAYS_NAMED)
      .map(({ relay: { name, url, certificate_sha256: certificateSha256 } }): ContentPlace => ({
        kind: 'relay',
        name,
        url: url.replace(/\/+$/, ''),
        certificateSha256,
      })),
    { kind: 'server', name: 'server', url: publicUrl, certificateSha256: null },
  ];
}
