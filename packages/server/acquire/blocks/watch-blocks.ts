import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { asSystem } from '../../storage/index.ts';
import { type BlockIndex, indexBlocks, type StandingBlock } from './block-index.ts';

/** On which replicas hear that a block was made or lifted; the key is the organisation. */
export const BLOCKS_TOPIC = 'content-blocks';
/** A notification can be lost with its connection: everything is read again after this. */
const REREAD_MS = 30_000;
const NONE = indexBlocks([]);

export interface BlockWatch {
  /** Of an organisation, as they were committed when this was last told of. */
  readonly of: (organisationId: string) => BlockIndex;
  /** Resolves when what is committed now counts here. */
  readonly refresh: () => Promise<void>;
  readonly close: () => void;
}

/**
 * Standing blocks in memory, so that serving a file asks no database. Whoever makes a block refreshes its own server before answering;
 * other servers hear of it by the event bus, within milliseconds.
 */
export async function watchBlocks(context: ServerContext): Promise<BlockWatch> {
  let blocks: ReadonlyMap<string, BlockIndex> = new Map();
  let reading = Promise.resolve();
  const refresh = (): Promise<void> => {
    // One after the other, so that an older answer never comes after a newer one.
    reading = reading
      .catch(() => undefined)
      .then(async () => {
        blocks = await asSystem(() => readBlocks(context));
      });
    return reading;
  };
  const heed = (): void => {
    refresh().catch((error: unknown) => {
      if (!context.stopping.aborted)
        context.log.warn({ err: error }, 'blocks were not read; the ones known before count');
    });
  };
  const unsubscribe = context.events.subscribe(({ topic }) => {
    if (topic === BLOCKS_TOPIC || topic === 'resync') heed();
  });
  const timer = setInterval(heed, REREAD_MS);
  timer.unref();
  await refresh();
  return {
    of: (organisationId) => blocks.get(organisationId) ?? NONE,
    refresh,
    close: () => {
      clearInterval(timer);
      unsubscribe();
    },
  };
}

async function readBlocks({ database }: ServerContext): Promise<ReadonlyMap<string, BlockIndex>> {
  const { rows } = await sql<StandingBlock & { organisation_id: string }>`
    select organisation_id, name, source, version, architecture, reason from content_block
    where lifted_at is null order by created_at`.execute(database.kysely);
  const byOrganisation = Map.groupBy(rows, (row) => row.organisation_id);
  return new Map([...byOrganisation].map(([organisationId, blocks]) => [organisationId, indexBlocks(blocks)]));
}
