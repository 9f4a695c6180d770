import { appendEvidence } from '../../report/index.ts';
import type { AccessContext } from '../context.ts';
import type { Principal } from '../principal.ts';

const WINDOW_MS = 60_000;
/** Of all together in a minute: who tries thousands of things shall not fill the evidence. */
const RECORDS_PER_WINDOW = 100;

export type RecordRefusal = (principal: Principal, route: string, detail: string) => Promise<void>;

/** Evidence of who tried what they may not: at most once a minute for each of them and each route, on each replica. */
export function createRefusalRecorder({ database, clock }: Pick<AccessContext, 'database' | 'clock'>): RecordRefusal {
  const seen = new Set<string>();
  let windowStart = 0;
  return async ({ kind, id, name, organisationId }, route, detail) => {
    const now = clock();
    const key = `${organisationId} ${kind} ${id} ${route}`;
    if (now.getTime() - windowStart >= WINDOW_MS || now.getTime() < windowStart) {
      seen.clear();
      windowStart = now.getTime();
    }
    if (seen.has(key) || seen.size >= RECORDS_PER_WINDOW) return;
    seen.add(key);
    const summary = `${name} was refused ${route}: ${detail}`;
    await database.kysely.transaction().execute(async (within) => {
      await appendEvidence(within, [
        {
          organisationId,
          at: now,
          kind: 'not-permitted',
          actor: name,
          summary,
          detail: { principal: `${kind}:${id}`, route },
        },
      ]);
    });
  };
}
