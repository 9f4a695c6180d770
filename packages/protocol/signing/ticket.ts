import type { KeyObject } from 'node:crypto';
import { Value } from 'typebox/value';
import { canonicalJson } from '../canonical-json.ts';
import { TICKET_PAYLOAD_TYPE, TicketClaims } from '../content/ticket.ts';
import { EnvelopeError, openEnvelope, signEnvelope } from './envelope.ts';
import type { SigningKey } from './keys.ts';

/** Longer than any ticket of ours. */
const MAX_CHARACTERS = 2048;

/** `PAYLOAD.KEYID.SIGNATURE`, each base64url or hex: fits into a password field of apt, dnf and apk. */
export function printTicket(claims: TicketClaims, key: SigningKey): string {
  const envelope = signEnvelope(TICKET_PAYLOAD_TYPE, Buffer.from(canonicalJson(claims)), [key]);
  const [signature] = envelope.signatures;
  const payload = Buffer.from(envelope.payload, 'base64').toString('base64url');
  return `${payload}.${key.keyid}.${Buffer.from(signature?.sig ?? '', 'base64').toString('base64url')}`;
}

/**
 * The claims of a ticket that one of these keys signed and that is valid now.
 *
 * @throws EnvelopeError `malformed`, `bad-signature` (also when it has expired or is dated later than the clock's tolerance)
 */
export function openTicket(
  ticket: string,
  trusted: ReadonlyMap<string, KeyObject>,
  now: Date,
  clockSkewMs = 300_000,
): TicketClaims {
  const match = ticket.length > MAX_CHARACTERS ? null : /^([\w-]+)\.([0-9a-f]{64})\.([\w-]+)$/.exec(ticket);
  if (match === null) throw new EnvelopeError('malformed', 'this is no ticket');
  const [, payload = '', keyid = '', sig = ''] = match;
  // Two texts must never be the same ticket: caches and logs know it by its text.
  if ([payload, sig].some((text) => Buffer.from(text, 'base64url').toString('base64url') !== text))
    throw new EnvelopeError('malformed', 'this is no ticket');
  const bytes = openEnvelope(
    {
      payloadType: TICKET_PAYLOAD_TYPE,
      payload: Buffer.from(payload, 'base64url').toString('base64'),
      signatures: [{ keyid, sig: Buffer.from(sig, 'base64url').toString('base64') }],
    },
    TICKET_PAYLOAD_TYPE,
    trusted,
  );
  const claims: unknown = JSON.parse(bytes.toString('utf8'));
  if (!Value.Check(TicketClaims, claims)) throw new EnvelopeError('malformed', 'the ticket says something else');
  if (Date.parse(claims.expiresAt) <= now.getTime()) throw new EnvelopeError('bad-signature', 'the ticket has expired');
  if (Date.parse(claims.issuedAt) > now.getTime() + clockSkewMs)
    throw new EnvelopeError('bad-signature', 'the ticket is of the future: set the clock');
  return claims;
}
