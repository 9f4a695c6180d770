import type { SimulationComparison, SimulationDifference, SimulationResult } from '@thimble/protocol';

interface Figure {
  readonly what: string;
  readonly of: (result: SimulationResult) => number | null;
  /** Which way is better; null: neither. */
  readonly better: 'less' | 'more' | null;
}

const FIGURES: readonly Figure[] = [
  { what: 'deadline misses', of: ({ totals }) => totals.misses, better: 'less' },
  { what: 'exposure (days)', of: ({ totals }) => totals.exposureDays, better: 'less' },
  { what: 'installed', of: ({ totals }) => totals.installed, better: 'more' },
  { what: 'open at the end', of: ({ totals }) => totals.open, better: 'less' },
  { what: 'median days to effective', of: ({ totals }) => totals.medianDays, better: 'less' },
  { what: 'days to effective for 95 of 100', of: ({ totals }) => totals.p95Days, better: 'less' },
  { what: 'endpoints without a policy', of: ({ totals }) => totals.withoutPolicy, better: 'less' },
  { what: 'failures', of: ({ totals }) => totals.failures, better: 'less' },
  { what: 'put back', of: ({ totals }) => totals.rolledBack, better: null },
  { what: 'reboots', of: ({ totals }) => totals.reboots, better: null },
  { what: 'bytes fetched', of: ({ totals }) => totals.bytes, better: null },
  { what: 'most worked on at once', of: mostAtOnce, better: null },
  { what: 'rollouts', of: ({ rollouts }) => rollouts.total, better: null },
];

/** Two results over the same days and the same fleet, figure by figure: `after` against `before`. */
export function compareSimulations(before: SimulationResult, after: SimulationResult): SimulationComparison {
  const differences = FIGURES.map((figure) => differenceOf(figure, before, after));
  const told = differences.filter((difference) => difference.before !== difference.after);
  const judged = told.filter(({ better }) => better !== null);
  return {
    summary:
      told.length === 0
        ? ['Nothing that is counted differs.']
        : [...judged, ...told.filter(({ better }) => better === null)].map(({ words }) => words),
    differences,
  };
}

function differenceOf(figure: Figure, before: SimulationResult, after: SimulationResult): SimulationDifference {
  const [was, is] = [figure.of(before), figure.of(after)];
  const known = was !== null && is !== null && was !== is && figure.better !== null;
  const better = known ? is < was === (figure.better === 'less') : null;
  const verdict = better === null ? '' : better ? ' (better)' : ' (worse)';
  const words =
    was === is
      ? `${figure.what}: ${shown(is)} both times`
      : `${figure.what}: ${shown(is)} instead of ${shown(was)}${verdict}`;
  return { what: figure.what, before: was, after: is, better, words };
}

function shown(value: number | null): string {
  return value === null ? 'none' : String(Math.round(value * 100) / 100);
}

function mostAtOnce({ windows }: SimulationResult): number {
  return windows.items.reduce((most, { atOnce }) => Math.max(most, atOnce), 0);
}
