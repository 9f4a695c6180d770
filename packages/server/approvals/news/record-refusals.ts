import type { TrustHeld } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';

type Refused = NonNullable<TrustHeld['refused']>;

/** What an endpoint of an honest server hardly ever refuses. */
const SUSPICIOUS: ReadonlySet<string> = new Set([
  'bad-signature',
  'wrong-endpoint',
  'malformed',
  'stale-generation',
  'approval-missing',
  'approval-invalid',
  'approver-set-refused',
  'order-keys-refused',
  'halt-refused',
  'server-time-refused',
]);

/** The suspicious counts never go back: an endpoint that says less than before says it again later, and is not told twice. */
export function keptRefusals(before: Refused, now: Refused): Refused {
  const highest = new Map(before.filter(({ code }) => SUSPICIOUS.has(code)).map(({ code, count }) => [code, count]));
  const others = now.filter(({ code }) => !SUSPICIOUS.has(code));
  for (const { code, count } of now)
    if (SUSPICIOUS.has(code)) highest.set(code, Math.max(count, highest.get(code) ?? 0));
  return [...others, ...[...highest].map(([code, count]) => ({ code, count }))];
}

/** What is worth a record: the first of a kind, and each time that they have doubled, so that nobody fills the log with them. */
export function tellingRefusals(before: Refused, now: Refused): Refused {
  const counts = new Map(before.map(({ code, count }) => [code, count]));
  return now.filter(({ code, count }) => SUSPICIOUS.has(code) && doublings(count) > doublings(counts.get(code) ?? 0));
}

/** In the transaction that takes down what the endpoint said; last in it. */
export async function recordRefusals(
  within: Kysely<Tables>,
  {
    endpointId,
    organisationId,
    at,
  }: { readonly endpointId: string; readonly organisationId: string; readonly at: Date },
  refused: Refused,
): Promise<void> {
  if (refused.length === 0) return;
  const { rows } = await sql<{ hostname: string }>`
    select hostname from endpoint where id = ${endpointId} and organisation_id = ${organisationId}`.execute(within);
  const hostname = rows[0]?.hostname ?? endpointId;
  const said = refused.map(({ code, count }) => `${count} × ${code}`).join(', ');
  const summary = `${hostname} did not accept what it was told: ${said}`;
  const detail = { refused };
  await appendEvidence(within, [
    { organisationId, at, kind: 'endpoint-refused-orders', actor: hostname, endpointId, summary, detail },
  ]);
}

function doublings(count: number): number {
  return count <= 0 ? -1 : Math.floor(Math.log2(count));
}
