import type { Organisation } from '@thimble/protocol';
import { sql } from 'kysely';

export interface OrganisationRow {
  readonly id: string;
  readonly name: string;
  readonly parent_id: string | null;
  readonly created_at: Date;
  readonly archived_at: Date | null;
}

export const ORGANISATION_COLUMNS = sql.raw('o.id, o.name, o.parent_id, o.created_at, o.archived_at');

export function toOrganisation(row: OrganisationRow): Organisation {
  return {
    id: row.id,
    name: row.name,
    parentId: row.parent_id,
    createdAt: row.created_at.toISOString(),
    archivedAt: row.archived_at?.toISOString() ?? null,
  };
}
