import { appendEvidence } from '../../report/index.ts';
import type { AccessContext } from '../context.ts';
import type { Principal } from '../principal.ts';

const WINDOW_MS = 60_000;
/** Of one of them in a minute: more than anybody does by mistake, and enough to see what somebody is after. */
const ROUTES_PER_WINDOW = 50;

export type RecordRefusal = (principal: Principal, route: string, detail: string) => Promise<void>;

/** Evidence of who tried what they may not: at most once a minute for each of them and each route, on each replica. */
export function createRefusalRecorder({ database, clock }: Pick<AccessContext, 'database' | 'clock'>): RecordRefusal {
  const seen = new Map<string, Set<string>>();
  let windowStart = 0;
  return async ({ kind, id, name, organisationId }, route, detail) => {
    const now = clock();
    if (now.getTime() - windowStart >= WINDOW_MS || now.getTime() < windowStart) {
      seen.clear();
      windowStart = now.getTime();
    }
    const key = `${organisationId} ${kind}:${id}`;
    const refused = seen.get(key) ?? new Set();
    if (refused.has(route) || refused.size >= ROUTES_PER_WINDOW) return;
    seen.set(key, refused.add(route));
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
