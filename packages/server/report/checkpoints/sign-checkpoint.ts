import { type EvidenceFault, NOTHING_READ, type ReadLog, rootOf, signCheckpoint } from '@thimble/transparency';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { logKeyOf } from '../log/log-key.ts';
import { readTree } from '../log/read-tree.ts';
import { type ReadOn, readOn } from '../verify/read-on.ts';
import { openKept, readCheckpoint } from './read-checkpoint.ts';

export type Signing =
  | { readonly kind: 'signed'; readonly note: string }
  | { readonly kind: 'nothing-new' }
  /** What was signed before does not hold any more, or what came does not continue it: nothing is signed until it does. */
  | { readonly kind: 'refused'; readonly fault: EvidenceFault };

/** Records that one checkpoint takes in at most; the next takes the next ones. About half a second's work. */
const MOST_RECORDS = 10_000;
const PAGE = 1_000;
/** Any constant: with the organisation it makes the lock under which one replica signs. */
const LOCK = 0x6370_6e74;

/**
 * Reads what came since the last checkpoint, checks it record by record, and signs the tree that has it all. A signature
 * never covers what was not read: who changes the database before it is caught here, and afterwards by everybody.
 */
export async function signNext(context: ServerContext, organisationId: string): Promise<Signing> {
  const log = await logKeyOf(context, organisationId);
  return context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<{ mine: boolean }>`
      select pg_try_advisory_xact_lock(${LOCK}::int, hashtext(${organisationId})) as mine`.execute(within);
    if (rows[0]?.mine !== true) return { kind: 'nothing-new' };
    const kept = await readCheckpoint(within, organisationId);
    const signed = kept === undefined ? undefined : openKept(kept, log);
    if (kept !== undefined && signed === undefined)
      return refused(kept.size, `the checkpoint of ${kept.size} records is not signed by this server’s log key`);
    const start = signed === undefined ? NOTHING_READ : await readTo(within, organisationId, signed.size);
    if (start === undefined || (signed !== undefined && !rootOf(start.tree).equals(signed.root)))
      return refused(kept?.size ?? 0, `the log is not the one of its checkpoint of ${kept?.size ?? 0} records`);
    const { log: read, fault } = await readNews(within, organisationId, start);
    // Up to the first bad record everything is proven, and stays so.
    if (read.tree.size === start.tree.size)
      return fault === undefined ? { kind: 'nothing-new' } : { kind: 'refused', fault };
    const note = signCheckpoint({ size: read.tree.size, root: rootOf(read.tree) }, log, context.logKey);
    await sql`insert into evidence_checkpoint (organisation_id, size, note, signed_at)
      values (${organisationId}, ${read.tree.size}, ${note}, ${context.clock()})`.execute(within);
    return { kind: 'signed', note };
  });
}

/** The log as it was with so many records, taken from what is kept of it. */
async function readTo(within: Kysely<Tables>, organisationId: string, size: number): Promise<ReadLog | undefined> {
  const tree = await readTree(within, organisationId, size);
  const { rows } = await sql<{ sha256: string }>`
    select sha256 from evidence where organisation_id = ${organisationId} and sequence = ${size}`.execute(within);
  const [last] = rows;
  return tree === undefined || last === undefined ? undefined : { ...NOTHING_READ, tree, headSha256: last.sha256 };
}

async function readNews(within: Kysely<Tables>, organisationId: string, start: ReadLog): Promise<ReadOn> {
  let read = await readOn(within, organisationId, start, PAGE);
  while (!read.ended && read.fault === undefined && read.log.tree.size - start.tree.size < MOST_RECORDS)
    read = await readOn(within, organisationId, read.log, PAGE);
  return read;
}

function refused(sequence: number, message: string): Signing {
  return { kind: 'refused', fault: { sequence, code: 'rewritten', message } };
}
