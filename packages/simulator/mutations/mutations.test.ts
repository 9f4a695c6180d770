import { describe, expect, test } from 'vitest';
import { findMutation, type Found } from './find.ts';
import { MUTATIONS } from './mutations.ts';

/** Each is found in the first few dozens; a planner that changes moves them. */
const SEEDS = 400;
const TIMEOUT_MS = 600_000;

describe('a planted bug is found by a checker that knows nothing of it', () => {
  const found: Found[] = [];

  test.each(MUTATIONS)(
    '$where: $name',
    (mutation) => {
      const result = findMutation(mutation, SEEDS);
      found.push(result);
      expect(result.by, `not found within ${SEEDS} seeds`).not.toBeNull();
    },
    TIMEOUT_MS,
  );

  test('all of them, in a table', () => {
    expect(MUTATIONS.length).toBeGreaterThanOrEqual(20);
    process.stdout.write(`${table(found).join('\n')}\n`);
    expect(found.length).toBe(MUTATIONS.length);
  });
});

function table(found: readonly Found[]): readonly string[] {
  const rows = found.map(({ mutation: { where, name }, by, lints }) => [
    where,
    name,
    by === null ? 'nobody' : by.checker,
    by === null ? '-' : String(by.seed),
    lints ? 'yes' : 'no',
  ]);
  const all = [['where', 'planted bug', 'found by', 'seed', 'linter too'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
