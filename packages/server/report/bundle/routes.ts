import { API, Count, EvidenceBundle, EvidenceEntries, type EvidenceScope, Timestamp, Uuid } from '@thimble/protocol';
import { sql } from 'kysely';
import { type Static, Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/index.ts';
import { readEvidence } from '../read-evidence.ts';
import { makeBundle } from './make-bundle.ts';
import { recordExport } from './record-export.ts';

const config = { access: 'operator' } as const;
const ENTRIES = 1_000;

const ScopeQuery = Type.Object({
  runId: Type.Optional(Uuid),
  endpointId: Type.Optional(Uuid),
  from: Type.Optional(Timestamp),
  to: Type.Optional(Timestamp),
});

/** The evidence as it is taken elsewhere: record by record, or as a bundle that proves itself. */
export function registerBundleRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/evidence/entries`,
    {
      config,
      schema: {
        summary: 'Records in their order, oldest first',
        querystring: Type.Object({
          after: Type.Optional(Count),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 5_000 })),
        }),
        response: { 200: EvidenceEntries },
      },
    },
    async (request) => {
      const { organisationId } = operatorOf(request);
      const { after, limit } = request.query;
      const which = sql`sequence > ${after ?? 0}`;
      const items = await readEvidence(
        context.database.kysely,
        organisationId,
        which,
        limit ?? ENTRIES,
        'oldest-first',
      );
      return { items };
    },
  );
  app.get(
    `${API}/evidence/bundle`,
    {
      config,
      schema: {
        summary: 'Evidence of a run, an endpoint or a period, with its proofs',
        querystring: ScopeQuery,
        response: { 200: EvidenceBundle },
      },
    },
    async (request) => {
      const operator = operatorOf(request);
      const scope = scopeOf(request.query);
      const bundle = await makeBundle(context, operator.organisationId, scope);
      await context.database.kysely
        .transaction()
        .execute((within) =>
          recordExport(within, operator, { scope, recordCount: bundle.entries.length, at: context.clock() }),
        );
      return bundle;
    },
  );
}

function scopeOf({ runId, endpointId, from, to }: Static<typeof ScopeQuery>): EvidenceScope {
  const period = from !== undefined && to !== undefined;
  const given = [runId !== undefined, endpointId !== undefined, period].filter(Boolean).length;
  if (given === 1 && (from === undefined) === (to === undefined)) {
    if (runId !== undefined) return { kind: 'run', runId };
    if (endpointId !== undefined) return { kind: 'endpoint', endpointId };
    if (period) return { kind: 'period', from, to };
  }
  throw new HttpProblem(400, 'invalid-request', {
    detail: 'A bundle is about one run (runId), one endpoint (endpointId), or a period (from and to).',
  });
}
