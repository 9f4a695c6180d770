import { FORMATS } from '@thimble/content';
import type { ClientConfiguration, ClientConfigurationRequest } from '@thimble/protocol';
import { printTicket } from '@thimble/protocol/signing';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { definitionOf, readRepositories } from '../repositories/rows.ts';
import { revisionsOfSnapshot } from '../revisions/revision-summary.ts';
import { usableSnapshot } from './usable.ts';

const DAY_MS = 86_400_000;
const DAYS_DEFAULT = 30;

/**
 * What a person writes into the configuration of a machine without an agent, so that it installs from a snapshot. The ticket in it
 * reads content, and can do nothing else.
 *
 * @throws HttpProblem 404; 409 `snapshot-retired`, `no-such-format`
 */
export async function clientConfiguration(
  context: ServerContext,
  organisationId: string,
  snapshotId: string,
  { format, days = DAYS_DEFAULT }: ClientConfigurationRequest,
): Promise<ClientConfiguration> {
  const { kysely } = context.database;
  const { name } = await usableSnapshot(kysely, organisationId, snapshotId);
  const revisions = new Map(
    (await revisionsOfSnapshot(kysely, snapshotId)).map((revision) => [revision.repositoryId, revision]),
  );
  const ids = [...revisions.keys()];
  const rows = await readRepositories(kysely, sql`r.id = any(${ids}::uuid[]) and r.format = ${format}`);
  const printer = FORMATS.get(format);
  if (rows.length === 0 || printer === undefined)
    throw new HttpProblem(409, 'no-such-format', {
      detail: `${name} has no repository of the format ${format}.`,
    });
  const issuedAt = context.clock();
  const expiresAt = new Date(issuedAt.getTime() + days * DAY_MS);
  const password = printTicket(
    {
      format: 1,
      id: context.newId(),
      organisationId,
      endpointId: null,
      site: null,
      issuedAt: issuedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    },
    context.orderKey,
  );
  const open = context.settings.contentAccess === 'open';
  const files = rows.flatMap((row) => {
    const revision = revisions.get(row.id);
    if (revision === undefined) return [];
    return printer.clientConfiguration(definitionOf(row), {
      url: `${context.publicUrl}/content/revisions/${revision.id}/`,
      credentials: open ? null : { user: 'thimble', password },
      keyringPath: null,
      label: `${row.name} of ${name}`,
    });
  });
  return { expiresAt: expiresAt.toISOString(), files: joined(files) };
}

/** Several repositories may share a file of credentials: it is written once, with what each of them needs. */
function joined(files: readonly ClientConfiguration['files'][number][]): ClientConfiguration['files'] {
  const groups = Map.groupBy(files, ({ path }) => path);
  return [...groups].map(([path, members]) => ({
    path,
    text: [...new Set(members.map(({ text }) => text))].join('\n'),
    secret: members.some(({ secret }) => secret),
  }));
}
