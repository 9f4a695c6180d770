import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';

const WRITE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
/** What does not fit is noted the next time that it is used. */
const LIMIT = 20_000;

/** Notes which files were used, at most once a day each: for people who look what is worth its space. */
export function startTouching(context: ServerContext): {
  readonly used: (sha256: string) => void;
  readonly close: () => Promise<void>;
} {
  let waiting = new Set<string>();
  const write = async (): Promise<void> => {
    if (waiting.size === 0) return;
    const digests = [...waiting];
    waiting = new Set();
    const now = context.clock();
    await sql`update content_object set last_used_at = ${now}
      where sha256 = any(${digests}::text[]) and last_used_at < ${new Date(now.getTime() - DAY_MS)}`.execute(
      context.database.kysely,
    );
  };
  const attempt = (): Promise<void> =>
    write().catch((error: unknown) => context.log.warn({ err: error }, 'the use of content was not noted'));
  const timer = setInterval(() => void attempt(), WRITE_MS);
  return {
    used: (sha256) => {
      if (waiting.size < LIMIT) waiting.add(sha256);
    },
    close: async () => {
      clearInterval(timer);
      await attempt();
    },
  };
}
