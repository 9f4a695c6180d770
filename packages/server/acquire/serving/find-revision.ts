import type { RepositoryDefinition, RepositoryFormatId } from '@thimble/content';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** A revision, and where its repository's files come from. What it has is immutable; where it is asked for may change. */
export interface FoundRevision {
  readonly id: string;
  readonly organisationId: string;
  readonly repositoryId: string;
  readonly sequence: number;
  readonly date: Date | null;
  readonly mirrors: readonly string[];
  readonly name: string;
  readonly definition: RepositoryDefinition;
}

interface Row {
  readonly id: string;
  readonly organisation_id: string;
  readonly repository_id: string;
  readonly sequence: number;
  readonly date: Date | null;
  readonly mirrors: string[];
  readonly name: string;
  readonly format: RepositoryFormatId;
  readonly uris: string[];
  readonly mirror_list: string | null;
  readonly suite: string;
  readonly components: string[];
  readonly architectures: string[];
  readonly signature: 'metadata' | 'packages';
  readonly files: NonNullable<RepositoryDefinition['files']>;
  readonly frozen: RepositoryDefinition | null;
}

/** Also of a repository that was removed: its frozen content is served as long as a snapshot has it. */
export async function findRevision(within: Kysely<Tables>, id: string): Promise<FoundRevision | null> {
  const { rows } = await sql<Row>`
    select v.id, v.organisation_id, v.repository_id, v.sequence, v.date, v.mirrors, r.name, r.format, r.uris, r.mirror_list,
      r.suite, r.components, r.architectures, r.signature, r.files, v.definition as frozen
    from content_revision v join content_repository r on r.id = v.repository_id where v.id = ${id}`.execute(within);
  const [row] = rows;
  if (row === undefined) return null;
  const { format, uris, suite, components, architectures, signature, files } = row;
  return {
    id: row.id,
    organisationId: row.organisation_id,
    repositoryId: row.repository_id,
    sequence: row.sequence,
    date: row.date,
    mirrors: row.mirrors,
    name: row.name,
    definition: {
      format,
      uris,
      mirrorList: row.mirror_list,
      suite,
      components,
      architectures,
      signature,
      ...(format === 'generic' ? { files } : {}),
      // Which files there are is as it was frozen; where they are to be had is as it is now.
      ...(row.frozen === null ? {} : { ...row.frozen, uris, mirrorList: row.mirror_list }),
    },
  };
}
