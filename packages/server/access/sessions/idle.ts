import type { Settings } from '../../settings/index.ts';

const MINUTE_MS = 60_000;

/** Sessions that were last used before this have ended. */
export function idleSince({ sessionIdleMinutes }: Settings, now: Date): Date {
  return new Date(now.getTime() - sessionIdleMinutes * MINUTE_MS);
}
