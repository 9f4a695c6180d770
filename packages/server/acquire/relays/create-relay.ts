import type { CreatedRelay, CreateRelayRequest } from '@thimble/protocol';
import { sql } from 'kysely';
import { hashSecret, newSecret } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import { checkedName } from '../checked-name.ts';
import { publishContent } from '../publish.ts';
import { readNetworks } from '../../http/networks.ts';
import { relaySummaries } from './relay-list.ts';
import { RELAY_TOKEN_PREFIX } from './relay-token.ts';

interface Operator {
  readonly organisationId: string;
  readonly name: string;
}

/** Registers a relay. Its token is in the reply and nowhere else. @throws HttpProblem 409 `name-taken`, 422 `bad-network`, `bad-name` */
export async function createRelay(
  context: ServerContext,
  { organisationId, name: actor }: Operator,
  { name: given, site, networks = [] }: CreateRelayRequest,
): Promise<CreatedRelay> {
  const name = checkedName(given);
  const blocks = readNetworks(networks);
  const id = context.newId();
  const token = newSecret(RELAY_TOKEN_PREFIX, context.random);
  const now = context.clock();
  const place = site === undefined || site.trim() === '' ? null : site.trim();
  return context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql`
      insert into content_relay (id, organisation_id, name, site, networks, secret_hash, created_at, created_by)
      values (${id}, ${organisationId}, ${name}, ${place}, ${blocks}, ${hashSecret(token)}, ${now}, ${actor})
      on conflict do nothing returning id`.execute(within);
    if (rows.length === 0) throw new HttpProblem(409, 'name-taken', { detail: `There is a relay ${name} already.` });
    await publishContent(context, organisationId, 'relays', within);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'relay-created',
        actor,
        summary: `${actor} added the relay ${name}${place === null ? '' : ` of the site ${place}`}`,
        detail: { relayId: id, name, site: place, networks: blocks },
      },
    ]);
    const [relay] = await relaySummaries(within, organisationId, now, id);
    if (relay === undefined) throw new Error('the relay that was just made is not there');
    return { relay, token, command: commandOf(context, token) };
  });
}

/** The relay pins the server by the same fingerprint as agents do. */
function commandOf({ publicUrl, caFingerprint }: ServerContext, token: string): string {
  const pin = caFingerprint === undefined ? '' : ` --ca-fingerprint ${caFingerprint}`;
  return `thimble relay --upstream ${publicUrl}${pin} --token ${token}`;
}

/** Its token counts no more. @throws HttpProblem 404 */
export async function removeRelay(
  context: ServerContext,
  { organisationId, name: actor }: Operator,
  id: string,
): Promise<void> {
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<{ name: string }>`
      update content_relay set removed_at = ${now}
      where id = ${id} and organisation_id = ${organisationId} and removed_at is null returning name`.execute(within);
    const [relay] = rows;
    if (relay === undefined) throw new HttpProblem(404, 'unknown-relay', { detail: 'There is no such relay.' });
    await publishContent(context, organisationId, 'relays', within);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'relay-removed',
        actor,
        summary: `${actor} removed the relay ${relay.name}`,
        detail: { relayId: id, name: relay.name },
      },
    ]);
  });
}
