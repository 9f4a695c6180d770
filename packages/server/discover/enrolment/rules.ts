import { API, EnrolmentRules } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';

const config = { access: 'operator' } as const;

/** What holds for all enrolments of an organisation. */
export function registerEnrolmentRules(app: App, context: ServerContext): void {
  app.get(
    `${API}/enrolment`,
    { config, schema: { summary: 'Rules of enrolment', response: { 200: EnrolmentRules } } },
    async (request) => readRules(context.database.kysely, operatorOf(request).organisationId),
  );
  app.put(
    `${API}/enrolment`,
    {
      config,
      schema: { summary: 'Change the rules of enrolment', body: EnrolmentRules, response: { 200: EnrolmentRules } },
    },
    async (request) => {
      const { organisationId, name: actor } = operatorOf(request);
      const { approveEnrolments } = request.body;
      return context.database.kysely.transaction().execute(async (within) => {
        const { rows } = await sql`
          update organisation set approve_enrolments = ${approveEnrolments}
          where id = ${organisationId} and approve_enrolments <> ${approveEnrolments} returning 1`.execute(within);
        if (rows.length > 0)
          await appendEvidence(within, [
            {
              organisationId,
              at: context.clock(),
              kind: 'enrolment-rules-changed',
              actor,
              summary: approveEnrolments
                ? `${actor} made every endpoint wait until a person lets it in`
                : `${actor} lets endpoints in whose token does not make them wait`,
              detail: { approveEnrolments },
            },
          ]);
        return readRules(within, organisationId);
      });
    },
  );
}

export async function readRules(within: Kysely<Tables>, organisationId: string): Promise<EnrolmentRules> {
  const { rows } = await sql<EnrolmentRules>`
    select approve_enrolments as "approveEnrolments" from organisation where id = ${organisationId}`.execute(within);
  // An organisation that is not there lets nobody in.
  return rows[0] ?? { approveEnrolments: true };
}
