import {
  ContentFault,
  FORMATS,
  type FreezeContext,
  type FrozenMetadata,
  StoreError,
  createFreezeContext,
} from '@thimble/content';
import { canonicalJson } from '@thimble/protocol';
import { sha256 } from '@thimble/protocol/signing';
import { sql } from 'kysely';
import { attributed } from '../attributed.ts';
import { holdContent } from '../collect/hold.ts';
import { contentOf } from '../content.ts';
import type { ServerContext } from '../../context.ts';
import { publishContent } from '../publish.ts';
import {
  type AnchorRow,
  type RepositoryRow,
  definitionOf,
  readAnchors,
  readRepositories,
} from '../repositories/rows.ts';
import { type Beat, startBeat } from './beat.ts';
import { commitRevision, confirmRevision } from './commit-revision.ts';
import { type FoundFault, acceptableMetadata, recordFault } from './faults.ts';
import { latestRevisions } from './revision-summary.ts';
import { OtherBytesFault } from './same-bytes.ts';
import { type Session, alone } from './session.ts';
import { type Staging, createStaging } from './staging.ts';
import { nextTurn } from './turns.ts';

/** Any constant: with the repository it makes the advisory lock of whoever synchronises it ('repo' in ASCII). */
const LOCK = 0x7265_706f;

export type SyncOutcome =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'revision'; readonly sequence: number }
  | { readonly kind: 'fault'; readonly fault: FoundFault };

/**
 * Looks for news upstream, unless another replica does. However it ends, it is written down when the next turn is.
 *
 * @returns null: another replica has it, or it was removed.
 */
export async function runSync(context: ServerContext, repositoryId: string): Promise<SyncOutcome | null> {
  return alone(context, LOCK, repositoryId, async (session) => {
    // What is in the store already is not fetched again; it has to be there still when its rows are written.
    await holdContent(session.client);
    const [row] = await readRepositories(session.kysely, sql`r.id = ${repositoryId}`);
    return row === undefined ? null : synchronise(context, session, row);
  });
}

async function synchronise(context: ServerContext, session: Session, row: RepositoryRow): Promise<SyncOutcome> {
  const startedAt = context.clock();
  const staging = await createStaging(session.client);
  const beat = startBeat(context, row, 'running', staging.count);
  // Unless something better is known: what is not understood is tried again soon, and not at once.
  let faults = 1;
  try {
    const outcome = await freeze(context, session, { row, beat, staging });
    faults = 0;
    context.log.info({ repository: row.id, ...outcome }, 'repository synchronised');
    return outcome;
  } catch (error) {
    context.stopping.throwIfAborted();
    const fault = faultOf(error);
    if (fault === null) throw error;
    faults = await recordFault(context, row, fault);
    context.log.warn({ repository: row.id, code: fault.code, message: fault.message }, 'content was not taken');
    return { kind: 'fault', fault };
  } finally {
    await beat.end();
    await endTurn(context, row, startedAt, faults);
  }
}

async function freeze(
  context: ServerContext,
  { kysely }: Session,
  { row, beat, staging }: { readonly row: RepositoryRow; readonly beat: Beat; readonly staging: Staging },
): Promise<SyncOutcome> {
  const format = FORMATS.get(row.format);
  if (format === undefined)
    throw new ContentFault('unsupported', `repositories of the format ${row.format} are not known`);
  const { store, acquirer, heedRepositories } = await contentOf(context);
  await heedRepositories();
  const definition = definitionOf(row);
  const anchors = await readAnchors(kysely, [row.id]);
  const verifiedAs = verificationOf(row, anchors);
  const latest = (await latestRevisions(kysely, [row.id])).get(row.id);
  const accepted = row.acceptFaultId === null ? null : await acceptableMetadata(kysely, row.id, row.acceptFaultId);
  const freezing = createFreezeContext({
    acquirer: attributed(context, acquirer, { organisationId: row.organisationId, repositoryId: row.id }, beat.receive),
    store,
    definition,
    anchors,
    previous:
      latest === undefined
        ? null
        : {
            // With another definition or key the same metadata is verified and read again.
            metadataSha256: row.verifiedAs === verifiedAs ? latest.metadataSha256 : '',
            newestDate: row.newestDate,
          },
    now: context.clock(),
    signal: context.stopping,
    progress: beat.tell,
  });
  const frozen = await format.freeze(definition, freezing, (found) => staging.add(found));
  if (frozen.kind === 'unchanged') {
    await confirmRevision(context, row);
    return frozen;
  }
  beat.tell('writes to the database');
  await staging.end();
  const whole = await withNamedFiles(freezing, frozen);
  const sequence = await commitRevision(context, kysely, row, { frozen: whole, verifiedAs, accepted });
  return sequence === null ? { kind: 'unchanged' } : { kind: 'revision', sequence };
}

/**
 * What may be fetched later is asked for by its SHA-256. Metadata that is named by another digest (SHA-512 in newer rpm repositories)
 * is fetched now, so that clients get it like all else.
 */
async function withNamedFiles(freezing: FreezeContext, frozen: FrozenMetadata): Promise<FrozenMetadata> {
  const files = [...frozen.files];
  for (const file of frozen.onDemand) if (file.check.kind !== 'sha256') files.push(await freezing.fetch(file));
  return { ...frozen, files, onDemand: frozen.onDemand.filter(({ check }) => check.kind === 'sha256') };
}

/** Names what metadata is verified with and what of it is wanted. */
function verificationOf(row: RepositoryRow, anchors: readonly AnchorRow[]): string {
  return sha256(
    canonicalJson({
      definition: JSON.stringify(definitionOf(row)),
      anchors: anchors.map(({ fingerprint, material }) => [fingerprint, sha256(material)]),
    }),
  );
}

/** Null: not the upstream's and not the disk's fault, but ours. */
function faultOf(error: unknown): FoundFault | null {
  if (error instanceof ContentFault) {
    const metadataSha256 = error instanceof OtherBytesFault ? error.metadataSha256 : null;
    return { code: error.code, message: error.message, path: error.path, metadataSha256 };
  }
  if (error instanceof StoreError)
    return {
      code: 'disk-full',
      message:
        error.code === 'disk-full'
          ? error.message
          : `the content store can’t be used (${error.code}): ${error.message}`,
      path: null,
      metadataSha256: null,
    };
  return null;
}

async function endTurn(context: ServerContext, row: RepositoryRow, startedAt: Date, faults: number): Promise<void> {
  const chance = (context.random(1)[0] ?? 0) / 255;
  // Stopped in the middle, it is due at once after the next start.
  const nextAt = context.stopping.aborted ? null : nextTurn(context.clock(), row.intervalHours, faults, chance);
  const stopped = context.stopping.aborted;
  await sql`
    update content_repository set attempted_at = ${startedAt}, next_at = ${nextAt}, running = null,
      asked_at = case when ${stopped}::boolean or asked_at > ${startedAt}::timestamptz then asked_at end,
      accept_fault_id = case when ${stopped}::boolean or accept_fault_id is distinct from ${row.acceptFaultId}::uuid
        then accept_fault_id end
    where id = ${row.id}`.execute(context.database.kysely);
  await publishContent(context, row.organisationId, 'repositories');
}
