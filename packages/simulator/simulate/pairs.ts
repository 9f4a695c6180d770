/** One patch on one endpoint, and what became of it. */
export interface Pair {
  readonly endpointId: string;
  readonly hostname: string;
  readonly patch: string;
  readonly policy: string;
  readonly ring: string | null;
  readonly sinceMs: number;
  /** null: not within these days. */
  readonly installedMs: number | null;
  readonly deadlineMs: number | null;
  readonly missed: boolean;
  /** Empty: it has it. */
  readonly why: string;
}

/** Those of many pairs that people want to see first: late ones, then the last. */
export interface Foremost {
  /** `describe` is called for those alone that are among the first so far. */
  add(missed: boolean, installedMs: number | null, describe: () => Pair): void;
  readonly total: number;
  readonly first: readonly Pair[];
}

export function createForemost(atMost: number): Foremost {
  let total = 0;
  let kept: Pair[] = [];
  let least: Pair | null = null;

  function trim(): void {
    kept = kept.sort(byImportance).slice(0, atMost);
    least = kept.length < atMost ? null : (kept.at(-1) ?? null);
  }

  return {
    add(missed, installedMs, describe) {
      total += 1;
      if (least !== null && rank({ missed, installedMs }) <= rank(least)) return;
      kept.push(describe());
      if (kept.length > 4 * atMost) trim();
    },
    get total() {
      return total;
    },
    get first() {
      trim();
      return kept;
    },
  };
}

/** Higher is more important. Milliseconds of our age stay exact well below this. */
const MISSED_FIRST = 2 ** 50;

function rank({ missed, installedMs }: Pick<Pair, 'missed' | 'installedMs'>): number {
  return (missed ? MISSED_FIRST : 0) + (installedMs ?? MISSED_FIRST / 2);
}

function byImportance(a: Pair, b: Pair): number {
  return rank(b) - rank(a) || compare(a.hostname, b.hostname) || compare(a.patch, b.patch);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
