import { Type, type Static } from 'typebox';
import { Label, Timestamp, Uuid } from '../fields.ts';

/** What a ticket says: who may read content, until when. Signed by the server's order key as an envelope of this type. */
export const TicketClaims = Type.Object({
  format: Type.Literal(1),
  id: Uuid,
  organisationId: Uuid,
  /** null: of a person, for a client that is configured by hand. */
  endpointId: Type.Union([Uuid, Type.Null()]),
  /** For counting what a site uses. */
  site: Type.Union([Label, Type.Null()]),
  issuedAt: Timestamp,
  expiresAt: Timestamp,
});
export type TicketClaims = Static<typeof TicketClaims>;

export const TICKET_PAYLOAD_TYPE = 'application/vnd.thimble.content-ticket+json';

/** An endpoint's ticket lives so long, so that a relay goes on serving it through a week without its server. */
export const TICKET_LIFETIME_MS = 7 * 24 * 3_600_000;
