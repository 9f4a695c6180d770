import type { ServerContext } from '@thimble/server';
import { append, evidenceLeaf, NOTHING_READ, type Tree } from '@thimble/transparency';
import { readLog } from './made-log.ts';

/** Gives a server's log these leaves in place of its own, without the records: proofs are made of hashes alone. */
export async function fillLeaves({ database, defaultOrganisationId }: ServerContext, path: string): Promise<Tree> {
  const client = await database.pool.connect();
  let { tree } = NOTHING_READ;
  try {
    await client.query('set session_replication_role = replica');
    await client.query('delete from evidence_leaf');
    for await (const page of readLog(path)) {
      const rows = page.map((record) => {
        const { tree: grown, completed } = append(tree, evidenceLeaf(record));
        tree = grown;
        return { sequence: grown.size, hashes: Buffer.concat(completed) };
      });
      await client.query(
        `insert into evidence_leaf (organisation_id, sequence, hashes)
         select $1, * from unnest($2::bigint[], $3::bytea[])`,
        [defaultOrganisationId, rows.map(({ sequence }) => sequence), rows.map(({ hashes }) => hashes)],
      );
    }
    await client.query('vacuum analyze evidence_leaf');
    return tree;
  } finally {
    client.release(true);
  }
}
