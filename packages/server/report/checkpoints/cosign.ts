import {
  openCheckpoint,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
  verifyCosignature,
} from '@thimble/transparency';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { SettingsError } from '../../settings/index.ts';
import { logKeyOf } from '../log/log-key.ts';
import { openKept, readCheckpoint } from './read-checkpoint.ts';

/** Keeps what witnesses say about one of our checkpoints. @returns whose cosignatures were new. */
export async function keepCosignatures(
  context: ServerContext,
  organisationId: string,
  checkpoint: string,
  witnesses: readonly VerifierKey[],
): Promise<{ size: number; witnesses: string[] }> {
  const { kysely } = context.database;
  const log = await logKeyOf(context, organisationId);
  const note = parseNote(checkpoint);
  const size = openCheckpoint(checkpoint, log)?.size;
  const kept = size === undefined ? undefined : await readCheckpoint(kysely, organisationId, size);
  if (note === undefined || kept === undefined || size === undefined || openKept(kept, log) === undefined)
    throw new HttpProblem(422, 'unknown-checkpoint', { detail: 'This is no checkpoint that this server signed.' });
  const cosignatures = witnesses.flatMap((witness) => verifyCosignature(note, witness) ?? []);
  if (cosignatures.length === 0)
    throw new HttpProblem(422, 'no-witness', {
      detail: 'No witness whose key this server knows has signed this checkpoint.',
      hint: 'Keys of witnesses are the setting witness-keys.',
    });
  const added: string[] = [];
  for (const { witness, line } of cosignatures) {
    const { rows } = await sql<{ witness: string }>`
      insert into evidence_cosignature (organisation_id, size, witness, line)
      values (${organisationId}, ${size}, ${witness}, ${line})
      on conflict do nothing returning witness`.execute(kysely);
    added.push(...rows.map((row) => row.witness));
  }
  return { size, witnesses: added };
}

/** @throws SettingsError for what is no key of a witness. */
export function readWitnessKeys(setting: string | undefined): readonly VerifierKey[] {
  const texts = (setting ?? '').split(',').flatMap((text) => text.trim() || []);
  return texts.map((text) => {
    const key = parseVerifierKey(text);
    if (key?.kind === 'cosignature') return key;
    throw new SettingsError('bad-value', `witness-keys: ${JSON.stringify(text)} is no verifier key of a witness`);
  });
}
