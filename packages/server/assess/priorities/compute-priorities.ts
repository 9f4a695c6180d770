import { type Kysely, sql } from 'kysely';
import { storableJson } from '../../advisories/index.ts';
import type { Database, Tables } from '../../storage/index.ts';
import { markSummaries } from '../verdicts/note-changes.ts';
import { type VulnerabilityFacts, factsOf } from './facts.ts';
import { bestScore, priorityOf } from './priority-of.ts';

const BATCH = 500;
const TITLE_CHARACTERS = 512;

/**
 * Computes how urgent vulnerabilities are whose facts or verdicts changed, as long as there are any in the queue. Killed
 * in between, a batch is still in the queue.
 */
export async function computeDuePriorities(
  { kysely }: Database,
  clock: () => Date,
  stop: AbortSignal,
): Promise<boolean> {
  let any = false;
  for (;;) {
    if (stop.aborted) return any;
    const count = await kysely.transaction().execute(async (within) => {
      const { rows } = await sql<{ vulnerability: string }>`
        delete from priority_due where vulnerability in (
          select vulnerability from priority_due order by vulnerability limit ${BATCH} for update skip locked)
        returning vulnerability`.execute(within);
      if (rows.length === 0) return 0;
      const ids = rows.map(({ vulnerability }) => vulnerability).sort();
      await writePriorities(within, await factsOf(within, ids), clock());
      await markSummaries(within, clock());
      return rows.length;
    });
    if (count === 0) return any;
    any = true;
  }
}

async function writePriorities(
  within: Kysely<Tables>,
  facts: ReadonlyMap<string, VulnerabilityFacts>,
  now: Date,
): Promise<void> {
  const rows = [...facts].map(([id, known]) => {
    const computed = priorityOf(id, known);
    const { priority } = computed;
    return {
      id,
      title: titleOf(known),
      severity: priority.severity,
      cvss: bestScore(known)?.score ?? null,
      epss: known.epss?.probability ?? null,
      kev: known.kev === null ? null : { addedOn: known.kev.addedOn, dueOn: known.kev.dueOn },
      exploited: known.kev !== null || known.ssvc?.exploitation === 'active',
      exploit_public: (known.exploit?.sources.length ?? 0) > 0 || known.ssvc?.exploitation === 'poc',
      score: priority.score,
      decision: priority.decision,
      priority: computed,
    };
  });
  await sql`
    insert into vulnerability (id, title, severity, cvss, epss, kev, exploited, exploit_public, score, decision, priority,
      computed_at)
    select r.id, r.title, r.severity, r.cvss, r.epss, nullif(r.kev, 'null'), r.exploited, r.exploit_public, r.score,
      r.decision, r.priority, ${now}::timestamptz
    from jsonb_to_recordset(${storableJson(rows)}::jsonb) as r (id text, title text, severity text, cvss real, epss real,
      kev jsonb, exploited boolean, exploit_public boolean, score real, decision text, priority jsonb)
    order by r.id
    on conflict (id) do update set title = excluded.title, severity = excluded.severity, cvss = excluded.cvss,
      epss = excluded.epss, kev = excluded.kev, exploited = excluded.exploited,
      exploit_public = excluded.exploit_public, score = excluded.score, decision = excluded.decision,
      priority = excluded.priority, computed_at = excluded.computed_at`.execute(within);
}

export function titleOf({ descriptions, advisories, kev }: VulnerabilityFacts): string {
  const candidates = [
    kev?.title,
    ...descriptions.map(({ title }) => title),
    ...descriptions.map(({ text }) => text.split('\n', 1)[0]),
    ...advisories.map(({ title }) => title),
  ];
  return (candidates.find((title) => title !== undefined && title !== '') ?? '').slice(0, TITLE_CHARACTERS);
}
