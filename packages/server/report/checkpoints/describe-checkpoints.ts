import type { EvidenceCheckpoints } from '@thimble/protocol';
import { parseNote, type VerifierKey, verifyCosignature } from '@thimble/transparency';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { logKeyOf } from '../log/log-key.ts';
import { compareOutside } from './kept-outside.ts';
import { openKept, readCheckpoint } from './read-checkpoint.ts';

type Witness = EvidenceCheckpoints['witnesses'][number];

/** @param witnesses whose keys the server knows */
export async function describeCheckpoints(
  context: ServerContext,
  organisationId: string,
  witnesses: readonly VerifierKey[],
): Promise<EvidenceCheckpoints> {
  const { database, logKey, settings } = context;
  const { kysely } = database;
  const log = await logKeyOf(context, organisationId);
  const kept = await readCheckpoint(kysely, organisationId);
  const checkpoint = kept === undefined ? undefined : openKept(kept, log);
  const { rows } = await sql<{ newest: number }>`
    select coalesce(max(sequence), 0) as newest from evidence where organisation_id = ${organisationId}`.execute(
    kysely,
  );
  const beside = await compareOutside({ database, logKey, dataDirectory: settings.data }, organisationId);
  return {
    verifierKey: log.text,
    newest:
      kept === undefined || checkpoint === undefined
        ? null
        : {
            size: checkpoint.size,
            rootSha256: checkpoint.root.toString('hex'),
            signedAt: kept.signedAt.toISOString(),
            note: kept.note,
          },
    unsigned: Math.max(0, (rows[0]?.newest ?? 0) - (checkpoint?.size ?? 0)),
    witnesses: await Promise.all(witnesses.map((witness) => describeWitness(context, organisationId, witness))),
    beside: beside ?? null,
  };
}

/** Held against the witness's key again: who owns the database can write lines into it. */
async function describeWitness(
  { database }: ServerContext,
  organisationId: string,
  witness: VerifierKey,
): Promise<Witness> {
  const { name, text: verifierKey } = witness;
  const { rows } = await sql<{ size: number | null }>`
    select max(size) as size from evidence_cosignature
    where organisation_id = ${organisationId} and witness = ${name}`.execute(database.kysely);
  const size = rows[0]?.size ?? undefined;
  const kept = size === undefined ? undefined : await readCheckpoint(database.kysely, organisationId, size);
  const note = kept === undefined ? undefined : parseNote(kept.note);
  const cosignature = note === undefined ? undefined : verifyCosignature(note, witness);
  if (kept === undefined || cosignature === undefined) return { name, verifierKey, cosigned: null };
  const seenAt = new Date(cosignature.seenAt * 1000);
  // A witness may sign any number for a time.
  if (Number.isNaN(seenAt.getTime())) return { name, verifierKey, cosigned: null };
  return { name, verifierKey, cosigned: { size: kept.size, seenAt: seenAt.toISOString() } };
}
