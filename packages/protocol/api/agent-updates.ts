import { Type, type Static } from 'typebox';
import { Count, Label, Prose, Timestamp, Uuid } from '../fields.ts';

/** How the endpoints of a wave do with a version. */
export const AgentVersionCounts = Type.Object({
  /** They have run it for long enough, and are heard. */
  proven: Count,
  /** They run it, not for long enough yet. */
  soaking: Count,
  /** They are there and run something older. */
  taking: Count,
  /** They were told of it, or run it, and are not heard any more. */
  lost: Count,
  /** They were gone before they were told, or gave it up and were forgiven. */
  absent: Count,
});
export type AgentVersionCounts = Static<typeof AgentVersionCounts>;

/** A version of the agent on its way through an organisation. */
export const AgentVersionState = Type.Object({
  version: Label,
  /** `halted`: by itself, because an endpoint went back; `paused`, `blocked`: by a person. In these three nobody is told of it. */
  state: Type.Union([
    Type.Literal('under-way'),
    Type.Literal('paused'),
    Type.Literal('halted'),
    Type.Literal('blocked'),
    Type.Literal('finished'),
  ]),
  /** 0: the canaries. */
  wave: Count,
  /** How many waves there are. */
  waves: Count,
  waveSince: Timestamp,
  startedAt: Timestamp,
  /** What it waits for, or why it stopped. */
  explanation: Prose,
  /** null: not looked at yet. */
  counts: Type.Union([AgentVersionCounts, Type.Null()]),
  /** Who decided last; null: nobody yet. */
  decidedBy: Type.Union([Label, Type.Null()]),
});
export type AgentVersionState = Static<typeof AgentVersionState>;

/** New versions of the agent: what the server's repository offers, and how endpoints do with it. */
export const AgentUpdateStatus = Type.Object({
  /** How many of the endpoints go first. 0: nobody is told of anything. */
  canaryPercent: Count,
  soakHours: Count,
  /** Endpoints that have the root of a repository of agents. */
  takers: Count,
  repository: Type.Union([Type.Literal('absent'), Type.Literal('refused'), Type.Literal('offers')]),
  /** Why the repository is refused; null: it is not. */
  reason: Type.Union([Type.String(), Type.Null()]),
  /** The version for each platform, such as `linux-x64`. */
  offered: Type.Record(Type.String(), Type.String()),
  running: Type.Array(Type.Object({ version: Label, endpoints: Count })),
  /** Newest first. */
  versions: Type.Array(AgentVersionState),
  /** Endpoints on which a version did not work, newest first; they run the one before. */
  givenUp: Type.Array(
    Type.Object({
      endpointId: Uuid,
      hostname: Label,
      version: Label,
      reason: Type.String(),
      reportedAt: Timestamp,
    }),
  ),
});
export type AgentUpdateStatus = Static<typeof AgentUpdateStatus>;

/** `resume`: what endpoints did before is forgiven. `advance`: the next wave is told now. `block`: nobody is told, ever. */
export const AgentVersionDecision = Type.Object({
  version: Type.String({ pattern: '^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$' }),
  decision: Type.Union([Type.Literal('pause'), Type.Literal('resume'), Type.Literal('advance'), Type.Literal('block')]),
});
export type AgentVersionDecision = Static<typeof AgentVersionDecision>;
