import {
  API,
  EvidenceExport,
  EvidenceExportList,
  EvidenceExportTest,
  ExportName,
  PutEvidenceExportRequest,
} from '@thimble/protocol';
import { sql } from 'kysely';
import { Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/index.ts';
import { removeExport, saveExport } from './save-export.ts';
import { describeExport, type StoredExport } from './stored-export.ts';
import { testExport } from './test-export.ts';

const config = { access: 'operator' } as const;
const Named = Type.Object({ name: ExportName });

/** Where the evidence goes besides. */
export function registerExportRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/evidence/exports`,
    { config, schema: { summary: 'Where the evidence goes besides', response: { 200: EvidenceExportList } } },
    async (request) => ({ items: await listExports(context, operatorOf(request).organisationId) }),
  );
  app.put(
    `${API}/evidence/exports/:name`,
    {
      config,
      schema: {
        summary: 'Send the evidence to a collector of logs',
        params: Named,
        body: PutEvidenceExportRequest,
        response: { 200: EvidenceExport },
      },
    },
    async (request) => {
      const operator = operatorOf(request);
      const { name } = request.params;
      await saveExport(context, operator, name, request.body);
      const saved = (await listExports(context, operator.organisationId)).find((each) => each.name === name);
      if (saved === undefined) throw new HttpProblem(404, 'unknown-export', { detail: 'It was removed just now.' });
      return saved;
    },
  );
  app.delete(
    `${API}/evidence/exports/:name`,
    { config, schema: { summary: 'Send it no more', params: Named } },
    async (request, reply) => {
      await removeExport(context, operatorOf(request), request.params.name);
      return reply.code(204).send();
    },
  );
  app.post(
    `${API}/evidence/exports/:name/test`,
    {
      config,
      schema: {
        summary: 'Send the newest record once more, and see whether it arrives',
        params: Named,
        response: { 200: EvidenceExportTest },
      },
    },
    async (request) => testExport(context, operatorOf(request).organisationId, request.params.name),
  );
}

async function listExports({ database }: ServerContext, organisationId: string): Promise<EvidenceExport[]> {
  const { rows } = await sql<StoredExport & { newest: number }>`
    select *, (select coalesce(max(sequence), 0) from evidence where organisation_id = ${organisationId}) as newest
    from evidence_export where organisation_id = ${organisationId} order by name`.execute(database.kysely);
  return rows.map((row) => describeExport(row, row.newest));
}
