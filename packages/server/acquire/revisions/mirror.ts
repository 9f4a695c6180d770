import { ContentFault, StoreError } from '@thimble/content';
import { sql } from 'kysely';
import { appendEvidence } from '../../report/index.ts';
import { attributed } from '../attributed.ts';
import { contentOf } from '../content.ts';
import type { ServerContext } from '../../context.ts';
import { type RepositoryRow, definitionOf, readAnchors, readRepositories } from '../repositories/rows.ts';
import { type Beat, startBeat } from './beat.ts';
import { recordFault, resolveFaults } from './faults.ts';
import { type MirroredFile, missingFiles } from './missing-files.ts';
import { alone } from './session.ts';
import { nextTurn } from './turns.ts';
import { type PackageOrigin, wantedPackage } from './wanted.ts';

/** Any constant: with the repository it makes the advisory lock of whoever mirrors it ('mirr' in ASCII). */
const LOCK = 0x6d69_7272;
/** Files under way for one repository; how many come from one host at a time is the acquirer's setting. */
const AT_ONCE = 6;
/** One bad file says that; a hundred of them say that something else is wrong, and the rest waits for the next turn. */
const FAULTS_LIMIT = 20;

/**
 * Fetches what the filter keeps of the newest revision and the store has not: after a fault, a kill or a restart that is what is
 * left. A file that can't be had is a fault, and the others are fetched all the same.
 */
export async function runMirror(context: ServerContext, repositoryId: string): Promise<void> {
  await alone(context, LOCK, repositoryId, async ({ kysely }) => {
    const [row] = await readRepositories(kysely, sql`r.id = ${repositoryId} and r.mode = 'mirror'`);
    if (row === undefined || row.sequence === 0) return;
    // Still due if this ends by a kill. Whoever asks for another turn meanwhile, or for other files, takes it away.
    await sql`update content_repository set mirror_next_at = ${context.clock()} where id = ${row.id}`.execute(kysely);
    const done = { files: 0, faults: 0 };
    const beat = startBeat(context, row, 'mirroring', () => done.files);
    try {
      const files = await missingFiles(kysely, row);
      await fetchAll(context, row, files, beat, done);
    } finally {
      await beat.end();
      await endTurn(context, row, done.faults);
    }
  });
}

async function fetchAll(
  context: ServerContext,
  row: RepositoryRow,
  files: readonly MirroredFile[],
  beat: Beat,
  done: { files: number; faults: number },
): Promise<void> {
  const { kysely } = context.database;
  const content = await contentOf(context);
  await content.heedRepositories();
  const who = { organisationId: row.organisationId, repositoryId: row.id };
  const acquirer = attributed(context, content.acquirer, who, beat.receive);
  const { rows } = await sql<{ mirrors: string[] }>`
    select mirrors from content_revision where repository_id = ${row.id} and sequence = ${row.sequence}`.execute(
    kysely,
  );
  const origin: PackageOrigin = {
    name: row.name,
    definition: definitionOf(row),
    anchors: await readAnchors(kysely, [row.id]),
    mirrors: rows[0]?.mirrors ?? [],
  };
  const waiting = files[Symbol.iterator]();
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const file of waiting) {
      if (context.stopping.aborted || done.faults >= FAULTS_LIMIT) return;
      beat.tell(`mirrors ${done.files + done.faults + 1} of ${files.length} files`);
      try {
        const acquisition = await acquirer.acquire(wantedPackage(file, origin, context.clock()));
        await acquisition.done;
        done.files += 1;
      } catch (error) {
        if (context.stopping.aborted) return;
        done.faults += 1;
        await noteFault(context, row, file, error);
      }
    }
  });
  await Promise.all(workers);
}

async function noteFault(
  context: ServerContext,
  row: RepositoryRow,
  { path }: MirroredFile,
  error: unknown,
): Promise<void> {
  const isFull = error instanceof StoreError || (error instanceof ContentFault && error.code === 'disk-full');
  if (!isFull && !(error instanceof ContentFault)) throw error;
  await recordFault(context, row, {
    code: isFull ? 'disk-full' : error.code,
    message: error.message,
    path: isFull ? null : path,
    metadataSha256: null,
  });
}

async function endTurn(context: ServerContext, row: RepositoryRow, faults: number): Promise<void> {
  const chance = (context.random(1)[0] ?? 0) / 255;
  const complete = faults === 0 && !context.stopping.aborted;
  const nextAt = faults === 0 ? null : nextTurn(context.clock(), row.intervalHours, faults, chance);
  await sql`
    update content_repository set mirroring = null,
      mirror_next_at = case when mirror_next_at is not null then ${nextAt}::timestamptz end,
      mirrored_sequence = case when ${complete}::boolean and mirror_next_at is not null then greatest(mirrored_sequence, ${row.sequence}::int)
        else mirrored_sequence end
    where id = ${row.id}`.execute(context.database.kysely);
  if (!complete) return;
  await context.database.kysely.transaction().execute(async (within) => {
    await appendEvidence(within, await resolveFaults(within, row, context.clock()));
  });
}
