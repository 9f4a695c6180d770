import { Type, type Static } from 'typebox';
import { Label, Sha256, Timestamp } from '../fields.ts';

/** A place that serves content; the agent asks them in the given order. */
export const ContentPlace = Type.Object({
  kind: Type.Union([Type.Literal('relay'), Type.Literal('server')]),
  name: Label,
  /** https, without a slash at its end; `/content/…` is below it. */
  url: Type.String({ maxLength: 2048 }),
  /** Of the relay's own certificate (DER), which the agent pins; null: the trust that the agent has in the server. */
  certificateSha256: Type.Union([Sha256, Type.Null()]),
});
export type ContentPlace = Static<typeof ContentPlace>;

/** Reply to POST /api/v1/agent/content (no body): a new ticket, and where to go with it. */
export const AgentContentReply = Type.Object({
  ticket: Type.String({ maxLength: 2048 }),
  expiresAt: Timestamp,
  /** Best first; the server itself is always the last one. */
  places: Type.Array(ContentPlace, { minItems: 1, maxItems: 16 }),
});
export type AgentContentReply = Static<typeof AgentContentReply>;
