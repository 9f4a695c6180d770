import { Type, type Static } from 'typebox';
import { Uuid } from '../fields.ts';
import { OrderProgress } from '../orders/index.ts';

/**
 * Live events of GET /api/v1/events (server-sent events; `event:` is the kind, `data:` this as JSON). Except for
 * progress they say only what changed: the reader fetches it again.
 */
export const LiveEvent = Type.Union([
  Type.Object({ kind: Type.Literal('endpoint-changed'), endpointId: Uuid }),
  Type.Object({ kind: Type.Literal('run-changed'), runId: Uuid }),
  Type.Object({ kind: Type.Literal('rollout-changed'), rolloutId: Uuid }),
  /** Policies, calendars or freezes. */
  Type.Object({ kind: Type.Literal('policies-changed') }),
  Type.Object({
    kind: Type.Literal('progress'),
    runId: Type.Union([Uuid, Type.Null()]),
    endpointId: Uuid,
    progress: OrderProgress,
  }),
  Type.Object({ kind: Type.Literal('evidence-changed') }),
  /** Approvers, what they are asked, or an emergency stop. */
  Type.Object({ kind: Type.Literal('approvals-changed') }),
  /** Vulnerabilities, findings, risk or gaps were assessed anew. */
  Type.Object({ kind: Type.Literal('vulnerabilities-changed') }),
  Type.Object({ kind: Type.Literal('feed-changed'), feed: Type.String({ maxLength: 64 }) }),
  /** Repositories, snapshots, channels, blocks, relays or transfers: `what` says which list to fetch again. */
  Type.Object({ kind: Type.Literal('content-changed'), what: Type.String({ maxLength: 64 }) }),
  /** The reader missed events (it was slow or away): fetch everything shown again. */
  Type.Object({ kind: Type.Literal('resync') }),
]);
export type LiveEvent = Static<typeof LiveEvent>;
