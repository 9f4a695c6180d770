import { type EvidenceFault, NOTHING_READ } from '@thimble/transparency';
import type { Kysely } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { readOn } from './read-on.ts';

const PAGE = 1_000;

/** Reads an organisation's evidence from its first record on. @returns how many hold, and what is wrong with the next one. */
export async function readWhole(
  within: Kysely<Tables>,
  organisationId: string,
): Promise<{ readonly records: number; readonly fault: EvidenceFault | undefined }> {
  let read = await readOn(within, organisationId, NOTHING_READ, PAGE);
  while (!read.ended && read.fault === undefined) read = await readOn(within, organisationId, read.log, PAGE);
  return { records: read.log.tree.size, fault: read.fault };
}
