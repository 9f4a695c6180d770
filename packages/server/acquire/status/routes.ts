import { API, ContentStatus, UpdateContentRequest } from '@thimble/protocol';
import { sql } from 'kysely';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { appendEvidence } from '../../report/index.ts';
import { RETENTION_DAYS } from '../collect/living.ts';
import { publishContent } from '../publish.ts';
import { contentStatus } from './content-status.ts';

const config = { access: 'operator' } as const;

/** The content store as a whole, and an organisation's rules for it. */
export function registerStatusRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/content`,
    { config, schema: { summary: 'How the content store is', response: { 200: ContentStatus } } },
    async (request) => contentStatus(context, operatorOf(request).organisationId),
  );
  app.put(
    `${API}/content`,
    {
      config,
      schema: { summary: 'Schedule and retention', body: UpdateContentRequest, response: { 200: ContentStatus } },
    },
    async (request) => {
      const operator = operatorOf(request);
      await updateSettings(context, operator, request.body);
      return contentStatus(context, operator.organisationId);
    },
  );
}

async function updateSettings(
  { database, clock, events }: ServerContext,
  { organisationId, name: actor }: { readonly organisationId: string; readonly name: string },
  { snapshotEveryHours: every, retentionDays: days }: UpdateContentRequest,
): Promise<void> {
  await database.kysely.transaction().execute(async (within) => {
    // Another schedule begins with a snapshot now, if there is something new.
    const keep = every === undefined;
    await sql`
      insert into content_setting as s (organisation_id, snapshot_every_hours, retention_days)
      values (${organisationId}, ${every ?? null}, ${days ?? RETENTION_DAYS})
      on conflict (organisation_id) do update set
        snapshot_every_hours = case when ${keep}::boolean then s.snapshot_every_hours else excluded.snapshot_every_hours end,
        next_snapshot_at = case when ${keep}::boolean then s.next_snapshot_at end,
        retention_days = case when ${days === undefined}::boolean then s.retention_days else excluded.retention_days end`.execute(
      within,
    );
    const words = [
      ...(every === undefined ? [] : [every === null ? 'snapshots by hand only' : `a snapshot every ${every} hours`]),
      ...(days === undefined ? [] : [`content is kept for ${days} days`]),
    ];
    await publishContent({ events }, organisationId, 'status', within);
    await appendEvidence(within, [
      {
        organisationId,
        at: clock(),
        kind: 'content-changed',
        actor,
        summary: `${actor} changed the rules of content: ${words.join(', ') || 'nothing'}`,
        // Hours and days may be fractions, which evidence has as text.
        detail: {
          snapshotEveryHours: every === undefined || every === null ? null : String(every),
          retentionDays: days === undefined ? null : String(days),
        },
      },
    ]);
  });
}
