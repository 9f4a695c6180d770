import type { EvidenceRecord } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { appendEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';

export interface NewRolloutEvent {
  readonly actor: string;
  /** `started`, `approved`, `ring-opened`, `gate-passed`, `halted`, `resumed`, ... */
  readonly kind: string;
  /** Index of the ring; null: the whole rollout. */
  readonly ring: number | null;
  readonly summary: string;
  /** Kind-specific, for the evidence; left out: nothing more. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

const ENDS: ReadonlySet<string> = new Set(['finished', 'rolled-back', 'cancelled']);

/** What was decided or happened, for people and for the evidence, in the transaction of what it tells of. Call it last. */
export async function recordEvents(
  within: Kysely<Tables>,
  { clock }: Pick<ServerContext, 'clock'>,
  rollout: { readonly id: string; readonly organisation_id: string; readonly run_id: string | null },
  events: readonly NewRolloutEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const at = clock();
  await sql`
    insert into rollout_event (rollout_id, at, actor, kind, ring, summary)
    select ${rollout.id}::uuid, ${at}::timestamptz, e.actor, e.kind, e.ring, e.summary
    from jsonb_to_recordset(${JSON.stringify(events)}::jsonb) as e (actor text, kind text, ring integer, summary text)`.execute(
    within,
  );
  await appendEvidence(
    within,
    events.map(({ actor, kind, ring, summary, detail }) => ({
      organisationId: rollout.organisation_id,
      at,
      kind: evidenceKind(kind),
      actor,
      runId: rollout.run_id,
      summary,
      detail: { rolloutId: rollout.id, decided: kind, ring, ...detail },
    })),
  );
}

function evidenceKind(kind: string): EvidenceRecord['kind'] {
  if (kind === 'started') return 'rollout-started';
  return ENDS.has(kind) ? 'rollout-ended' : 'rollout-decided';
}
