import { Block } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { Compile } from 'typebox/compile';
import type { Tables } from '../../storage/index.ts';

/** As many as an order may carry. What is beyond is held against each plan here, before anything can be approved. */
export const BLOCKS_LIMIT = 1000;
const validator = Compile(Block);

/**
 * The organisation's standing blocks as orders carry them: binary packages, those of a blocked source as repositories and endpoints
 * know them. Newest first. A name that no endpoint could read is left out: it can't install it either.
 */
export async function blocksForOrders(within: Kysely<Tables>, organisationId: string): Promise<readonly Block[]> {
  const { rows } = await sql<Block>`
    with standing as (select * from content_block where organisation_id = ${organisationId} and lifted_at is null)
    select name, architecture, version, reason from (
      select b.name, b.architecture, b.version, b.reason, b.created_at from standing b where not b.source
      union
      select p.name, b.architecture, p.version, b.reason, b.created_at from standing b
        join content_package p on p.source = b.name and p.source_version = b.version
        join content_repository r on r.id = p.repository_id and r.organisation_id = b.organisation_id
        where b.source and (b.architecture is null or p.architecture = b.architecture)
      union
      select s.name, b.architecture, s.version, b.reason, b.created_at from standing b
        join package_version s on s.organisation_id = b.organisation_id
          and s.source = b.name and s.source_version = b.version
        where b.source and (b.architecture is null or s.architecture = b.architecture)
    ) known order by created_at desc, name, version limit ${BLOCKS_LIMIT}`.execute(within);
  return rows.filter((block) => validator.Check(block));
}
