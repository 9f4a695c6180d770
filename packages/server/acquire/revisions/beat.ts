import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { publishContent } from '../publish.ts';
import type { RepositoryRow, RunningSync } from '../repositories/rows.ts';

/** How often progress is told; also what says that the work lives. */
const BEAT_MS = 2_000;

export interface Beat {
  /** Tells it now and then. */
  readonly tell: (message: string) => void;
  readonly receive: (bytes: number) => void;
  /** Ends with nothing running. */
  readonly end: () => Promise<void>;
}

/** Writes down how far long work on a repository is, now and then: other replicas, and people, look there. */
export function startBeat(
  context: Pick<ServerContext, 'database' | 'clock' | 'events' | 'log'>,
  { id, organisationId }: Pick<RepositoryRow, 'id' | 'organisationId'>,
  column: 'running' | 'mirroring',
  packages: () => number,
): Beat {
  const startedAt = context.clock().toISOString();
  let message = 'asks upstream';
  let receivedBytes = 0;
  let writing: Promise<void> = Promise.resolve();
  const write = (running: RunningSync | null): void => {
    writing = writing
      .then(async () => {
        const value = running === null ? null : JSON.stringify(running);
        await sql`update content_repository set ${sql.ref(column)} = ${value}::jsonb where id = ${id}`.execute(
          context.database.kysely,
        );
        await publishContent(context, organisationId, 'repositories');
      })
      // Progress is for watching: a database that hiccups must not end the work.
      .catch((error: unknown) => context.log.warn({ err: error, repository: id }, 'progress was not written'));
  };
  const beat = (): void =>
    write({
      startedAt,
      beatAt: context.clock().toISOString(),
      message: message.slice(0, 500),
      receivedBytes,
      packages: packages(),
    });
  beat();
  const timer = setInterval(beat, BEAT_MS);
  return {
    tell: (text) => {
      message = text;
    },
    receive: (bytes) => {
      receivedBytes += bytes;
    },
    end: async () => {
      clearInterval(timer);
      write(null);
      await writing;
    },
  };
}
