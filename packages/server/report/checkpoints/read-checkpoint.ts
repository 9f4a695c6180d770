import { type Checkpoint, openCheckpoint, type VerifierKey } from '@thimble/transparency';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

export interface KeptCheckpoint {
  readonly size: number;
  /** The signed note, with the lines of its witnesses. */
  readonly note: string;
  readonly signedAt: Date;
}

/** The newest checkpoint of an organisation's log, or that of a size; undefined: none was signed. */
export async function readCheckpoint(
  within: Kysely<Tables>,
  organisationId: string,
  size?: number,
): Promise<KeptCheckpoint | undefined> {
  const which = size === undefined ? sql`true` : sql`size = ${size}`;
  const { rows } = await sql<{ size: number; note: string; signed_at: Date }>`
    select size, signed_at, note || coalesce((
      select string_agg(line, '' order by witness) from evidence_cosignature as w
      where w.organisation_id = c.organisation_id and w.size = c.size), '') as note
    from evidence_checkpoint as c where organisation_id = ${organisationId} and ${which}
    order by size desc limit 1`.execute(within);
  const [row] = rows;
  return row === undefined ? undefined : { size: row.size, note: row.note, signedAt: row.signed_at };
}

/** What this server signed; a checkpoint that it did not sign was put there by somebody else. */
export function openKept({ size, note }: KeptCheckpoint, log: VerifierKey): Checkpoint | undefined {
  const checkpoint = openCheckpoint(note, log);
  return checkpoint?.size === size ? checkpoint : undefined;
}
