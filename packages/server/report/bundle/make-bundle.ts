import type { Envelope, EvidenceBundle, EvidenceRecord, EvidenceScope } from '@thimble/protocol';
import { fillPlan, planInclusion, type VerifierKey } from '@thimble/transparency';
import { type RawBuilder, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { openKept, readCheckpoint } from '../checkpoints/read-checkpoint.ts';
import { logKeyOf } from '../log/log-key.ts';
import { readNodes } from '../log/read-nodes.ts';
import { countEvidence, readEvidence } from '../read-evidence.ts';

/** A run of 10,000 endpoints leaves about 50,000 records, which are some 60 MB of JSON. */
const MOST_RECORDS = 100_000;
/** Of a bundle; the newest. */
const MOST_KEYS = 100;
/** Proofs whose nodes are asked for in one statement. */
const STEP = 2_000;

/** Everything about a run, an endpoint or a period, with proofs to the newest checkpoint. What came after it is left out. */
export async function makeBundle(
  context: ServerContext,
  organisationId: string,
  scope: EvidenceScope,
): Promise<EvidenceBundle> {
  const { kysely } = context.database;
  const log = await logKeyOf(context, organisationId);
  const checkpoint = await newestCheckpoint(context, organisationId, log);
  const which = sql`${conditionOf(scope)} and sequence <= ${checkpoint.size}`;
  const total = await countEvidence(kysely, organisationId, which);
  if (total > MOST_RECORDS)
    throw new HttpProblem(413, 'bundle-too-large', {
      detail: `These are ${total} records; a bundle has ${MOST_RECORDS} at most.`,
      hint: 'Ask for a shorter period.',
    });
  const records = await readEvidence(kysely, organisationId, which, MOST_RECORDS, 'oldest-first');
  return {
    format: 1,
    scope,
    exportedAt: context.clock().toISOString(),
    verifierKey: log.text,
    checkpoint: checkpoint.note,
    ...(await prove(context, organisationId, records, checkpoint.size)),
    envelopes: await readEnvelopes(context, organisationId, records),
    orderKeys: context.orderKeys.known.ever.slice(0, MOST_KEYS),
  };
}

async function newestCheckpoint({ database }: ServerContext, organisationId: string, log: VerifierKey) {
  const kept = await readCheckpoint(database.kysely, organisationId);
  if (kept === undefined)
    throw new HttpProblem(404, 'no-checkpoint', {
      detail: 'There is no checkpoint yet; one is signed within seconds.',
    });
  if (openKept(kept, log) === undefined)
    throw new HttpProblem(409, 'evidence-broken', {
      detail: 'The newest checkpoint is not one that this server signed.',
    });
  return kept;
}

function conditionOf(scope: EvidenceScope): RawBuilder<unknown> {
  switch (scope.kind) {
    case 'run':
      return sql`run_id = ${scope.runId}`;
    case 'endpoint':
      return sql`endpoint_id = ${scope.endpointId}`;
    case 'period':
      return sql`at between ${scope.from} and ${scope.to}`;
  }
}

async function prove(
  { database }: ServerContext,
  organisationId: string,
  records: readonly EvidenceRecord[],
  size: number,
): Promise<Pick<EvidenceBundle, 'hashes' | 'entries'>> {
  const places = new Map<string, number>();
  const entries: EvidenceBundle['entries'] = [];
  for (let start = 0; start < records.length; start += STEP) {
    const plans = records
      .slice(start, start + STEP)
      .map((record) => ({ record, plan: planInclusion(record.sequence - 1, size) }));
    const nodes = plans.flatMap(({ plan }) => plan.flat());
    const hashAt = await readNodes(database.kysely, organisationId, nodes);
    if (hashAt === undefined)
      throw new HttpProblem(409, 'evidence-broken', { detail: 'The log does not have all of what was signed.' });
    for (const { record, plan } of plans)
      entries.push({
        record,
        path: fillPlan(plan, hashAt).map((hash) => {
          const text = hash.toString('hex');
          const place = places.get(text) ?? places.size;
          places.set(text, place);
          return place;
        }),
      });
  }
  return { hashes: [...places.keys()], entries };
}

/** Orders of removed endpoints are gone; their records are not. */
async function readEnvelopes(
  { database }: ServerContext,
  organisationId: string,
  records: readonly EvidenceRecord[],
): Promise<Envelope[]> {
  const ids = records.flatMap(({ kind, detail }) => (kind === 'order-issued' ? orderIdIn(detail) : []));
  const { rows } = await sql<{ envelope: Envelope }>`
    select envelope from endpoint_order where organisation_id = ${organisationId} and id = any(${ids}::uuid[])
    order by issued_at, id`.execute(database.kysely);
  return rows.map(({ envelope }) => envelope);
}

function orderIdIn(detail: unknown): string[] {
  if (typeof detail !== 'object' || detail === null || !('orderId' in detail)) return [];
  return typeof detail.orderId === 'string' ? [detail.orderId] : [];
}
