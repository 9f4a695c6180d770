import { Type, type Static } from 'typebox';
import { Count, Label, Timestamp, Uuid } from '../fields.ts';

/** New versions of the agent: what the server's repository offers, and how endpoints do with it. */
export const AgentUpdateStatus = Type.Object({
  /** How many of the endpoints may look for a new version. */
  percent: Count,
  repository: Type.Union([Type.Literal('absent'), Type.Literal('refused'), Type.Literal('offers')]),
  /** Why the repository is refused; null: it is not. */
  reason: Type.Union([Type.String(), Type.Null()]),
  /** The version for each platform, such as `linux-x64`. */
  offered: Type.Record(Type.String(), Type.String()),
  running: Type.Array(Type.Object({ version: Label, endpoints: Count })),
  /** Endpoints on which a version did not work, newest first; they run the one before. */
  givenUp: Type.Array(Type.Object({ endpointId: Uuid, version: Label, reason: Type.String(), reportedAt: Timestamp })),
});
export type AgentUpdateStatus = Static<typeof AgentUpdateStatus>;
