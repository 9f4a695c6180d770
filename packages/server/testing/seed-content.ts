import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { ServerContext } from '../context.ts';

/** A package of a made-up repository. Left out: usual values. */
export interface SeedPackage {
  readonly name: string;
  readonly version?: string;
  readonly architecture?: string;
  readonly source?: string;
  readonly sourceVersion?: string;
  readonly path?: string;
  readonly sha256?: string;
  readonly sizeBytes?: number;
  readonly since?: number;
  readonly until?: number | null;
}

export interface SeededRepository {
  readonly repositoryId: string;
  /** By sequence, from 1. */
  readonly revisionIds: readonly string[];
}

export const digestOf = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** A repository with revisions, as if it had been frozen: rows only. */
export async function seedRepository(
  { database, clock, newId }: ServerContext,
  organisationId: string,
  name: string,
  {
    revisions = 1,
    packages = [],
    format = 'apt',
    createdAt = clock(),
  }: {
    readonly revisions?: number;
    readonly packages?: readonly SeedPackage[];
    readonly format?: string;
    readonly createdAt?: Date;
  } = {},
): Promise<SeededRepository> {
  const { kysely } = database;
  const repositoryId = newId();
  await sql`insert into content_repository
      (id, organisation_id, name, format, uris, suite, components, architectures, added_at, added_by, sequence)
    values (${repositoryId}, ${organisationId}, ${name}, ${format}, ${[`http://${name}.example/debian/`]}, 'bookworm',
      ${['main']}, ${['amd64']}, ${createdAt}, 'tester', ${revisions})`.execute(kysely);
  const revisionIds: string[] = [];
  for (let sequence = 1; sequence <= revisions; sequence += 1) {
    const id = newId();
    revisionIds.push(id);
    const path = 'dists/bookworm/InRelease';
    const sha256 = digestOf(`${name} ${sequence}`);
    await sql`insert into content_revision (id, repository_id, organisation_id, sequence, created_at, metadata_path,
        metadata_sha256, package_count, package_bytes, metadata_bytes, added_count, removed_count)
      values (${id}, ${repositoryId}, ${organisationId}, ${sequence}, ${createdAt}, ${path}, ${sha256}, 0, 0, 0, 0, 0)`.execute(
      kysely,
    );
    await sql`insert into content_revision_file (revision_id, path, sha256, size_bytes)
      values (${id}, ${path}, ${sha256}, ${`${name} ${sequence}`.length})`.execute(kysely);
  }
  for (const each of packages) {
    const { version = '1.0', architecture = 'amd64', since = 1, until = null } = each;
    const path = each.path ?? `pool/${each.name}_${version}_${architecture}.deb`;
    const sha256 = each.sha256 ?? digestOf(path);
    await sql`insert into content_package (repository_id, path, name, version, architecture, source, source_version,
        size_bytes, check_kind, check_value, sha256, since_sequence, until_sequence)
      values (${repositoryId}, ${path}, ${each.name}, ${version}, ${architecture}, ${each.source ?? each.name},
        ${each.sourceVersion ?? version}, ${each.sizeBytes ?? 100}, 'sha256', ${sha256}, ${sha256}, ${since}, ${until})`.execute(
      kysely,
    );
  }
  return { repositoryId, revisionIds };
}

/** A snapshot of these revisions. @returns its id */
export async function seedSnapshot(
  { database, clock, newId }: ServerContext,
  organisationId: string,
  name: string,
  revisionIds: readonly string[],
  createdAt = clock(),
): Promise<string> {
  const id = newId();
  await sql`insert into content_snapshot (id, organisation_id, name, origin, created_at, created_by)
    values (${id}, ${organisationId}, ${name}, 'made', ${createdAt}, 'tester')`.execute(database.kysely);
  await sql`insert into content_snapshot_revision (snapshot_id, revision_id)
    select ${id}::uuid, unnest(${[...revisionIds]}::uuid[])`.execute(database.kysely);
  return id;
}

/** Another tenant. @returns its id */
export async function seedOrganisation({ database, newId }: ServerContext, name: string): Promise<string> {
  const id = newId();
  await database.kysely.insertInto('organisation').values({ id, name }).execute();
  return id;
}
