/** Remembers which hosts failed, so that others are asked first and nobody is hammered. */
export interface HostHealth {
  /** @param afterMs what the host asked for (Retry-After); null: the usual back-off */
  readonly failed: (host: string, afterMs: number | null) => void;
  readonly succeeded: (host: string) => void;
  /** How long the host is left alone from now on, milliseconds. */
  readonly waitMs: (host: string) => number;
}

export interface HostHealthSettings {
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** Milliseconds of a clock that does not jump. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Longest that a host's own wish is heeded: a mistyped header must not switch a repository off for weeks. */
const WISH_LIMIT_MS = 3_600_000;
/** Hosts remembered; who has more of them than that has a list of mirrors without end. */
const HOSTS_LIMIT = 1_000;

export function createHostHealth({ firstWaitMs, longestWaitMs, now, random }: HostHealthSettings): HostHealth {
  const failures = new Map<string, { readonly count: number; readonly until: number }>();
  return {
    failed: (host, afterMs) => {
      const count = (failures.get(host)?.count ?? 0) + 1;
      const usual = Math.min(longestWaitMs, firstWaitMs * 2 ** (count - 1));
      // Half of it by chance: many servers that lost the same mirror do not come back in one moment.
      const waitMs = afterMs === null ? usual * (0.5 + random() / 2) : Math.min(afterMs, WISH_LIMIT_MS);
      failures.delete(host);
      failures.set(host, { count, until: now() + waitMs });
      if (failures.size > HOSTS_LIMIT) failures.delete(failures.keys().next().value ?? '');
    },
    succeeded: (host) => void failures.delete(host),
    waitMs: (host) => Math.max(0, (failures.get(host)?.until ?? -Infinity) - now()),
  };
}
