import type { KeyObject } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type ContentProblem, createTicketCheck, secretOf, UNAUTHORISED } from '@thimble/content';
import type { OrderKey } from '@thimble/protocol';
import { verifyingKey } from '@thimble/protocol/signing';
import { DEFAULT_ORGANISATION_ID, findToken, TOKENS_TOPIC } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { channelOf } from '../../http/channel.ts';
import { findRelay, RELAY_TOKEN_PREFIX } from '../relays/relay-token.ts';
import type { ContentPrincipal } from './content-principal.ts';
import { RecentAnswers } from './recent-answers.ts';

type Decision = { readonly kind: 'allowed'; readonly principal: ContentPrincipal } | ContentProblem;

/** Should the word of a token that was revoked, or a relay that was removed, be lost, they count for so long at most. */
const REMEMBER_MS = 10_000;
const ANYONE: Decision = { kind: 'allowed', principal: { organisationId: null, kind: 'anyone', site: '' } };
const LOCAL: Decision = {
  kind: 'allowed',
  principal: { organisationId: DEFAULT_ORGANISATION_ID, kind: 'person', site: '' },
};

/**
 * Who may read content: endpoints with a ticket, people with an API token, relays with theirs, the local command line; and everybody
 * when people decided so. A credential that is given and does not hold is refused also then. Tickets are checked without asking the
 * database.
 */
export function createAuthorise(
  context: ServerContext,
  isRemoved: (endpointId: string) => boolean,
): (request: IncomingMessage) => Decision | Promise<Decision> {
  const { settings, clock, events, stopping } = context;
  const checkTicket = createTicketCheck({ keys: ticketKeysOf(context), now: clock, isRemoved });
  const holders = new RecentAnswers<Decision>(clock, REMEMBER_MS);
  const unsubscribe = events.subscribe(({ topic, key }) => {
    if (topic === TOKENS_TOPIC || (topic === 'content' && key === 'relays') || topic === 'resync') holders.clear();
  });
  stopping.addEventListener('abort', unsubscribe, { once: true });
  return (request) => {
    const secret = secretOf(request);
    if (secret === null) {
      if (request.headers.authorization !== undefined) return UNAUTHORISED;
      if (channelOf(request) === 'unix') return LOCAL;
      return settings.contentAccess === 'open' ? ANYONE : UNAUTHORISED;
    }
    const verdict = checkTicket(secret);
    if (verdict.kind === 'valid') {
      const { organisationId, endpointId, site } = verdict.claims;
      const kind = endpointId === null ? 'person' : 'endpoint';
      return { kind: 'allowed', principal: { organisationId, kind, site: site ?? '' } };
    }
    if (verdict.reason !== 'not-a-ticket') return UNAUTHORISED;
    return holders.get(secret) ?? holders.ask(secret, () => findHolder(context, secret));
  };
}

/** Made anew only when the list of keys is another. */
function ticketKeysOf({ orderKeys }: Pick<ServerContext, 'orderKeys'>): () => ReadonlyMap<string, KeyObject> {
  let of: readonly OrderKey[] = [];
  let keys: ReadonlyMap<string, KeyObject> = new Map();
  return () => {
    const { ticketKeys } = orderKeys.known;
    if (ticketKeys === of) return keys;
    of = ticketKeys;
    keys = new Map(ticketKeys.map(({ keyid, publicKey }) => [keyid, verifyingKey(publicKey)]));
    return keys;
  };
}

async function findHolder(context: ServerContext, secret: string): Promise<Decision> {
  if (secret.startsWith(RELAY_TOKEN_PREFIX)) {
    const relay = await findRelay(context, secret);
    if (relay === undefined) return UNAUTHORISED;
    return {
      kind: 'allowed',
      principal: { organisationId: relay.organisationId, kind: 'relay', site: relay.site ?? '' },
    };
  }
  const holder = await findToken(context, secret);
  if (holder === undefined || !holder.permissions.has('content:read')) return UNAUTHORISED;
  return { kind: 'allowed', principal: { organisationId: holder.organisationId, kind: 'person', site: '' } };
}
