import type { AttackResult } from './run-attacks.ts';

/** For people: a table by family, what was not refused with why, and the sums. */
export function printTable(results: readonly AttackResult[]): string {
  const rows = results.map(({ name, attack, fault, note }) => [
    name,
    fault === null ? attack.refusal : 'NOT REFUSED',
    attack.record,
    note,
  ]);
  const failed = results.filter(({ fault }) => fault !== null);
  return [
    ...aligned([['attack', 'refused with', 'recorded in', ''], ...rows]),
    ...failed.flatMap(({ name, fault }) => ['', `NOT REFUSED ${name}`, fault ?? '']),
    '',
    ...aligned([['family', 'attacks', 'refused and recorded'], ...families(results)]),
    '',
    `${results.length - failed.length} of ${results.length} attacks refused and recorded`,
    '',
  ].join('\n');
}

/** For programs. */
export function printJson(results: readonly AttackResult[]): string {
  const attacks = results.map(({ name, attack, fault, note }) => ({
    name,
    refused: fault === null,
    refusal: attack.refusal,
    record: attack.record,
    ...(note === '' ? {} : { note }),
    ...(fault === null ? {} : { fault }),
  }));
  const refused = attacks.filter((attack) => attack.refused).length;
  return `${JSON.stringify({ total: attacks.length, refused, attacks }, null, 2)}\n`;
}

function families(results: readonly AttackResult[]): readonly (readonly string[])[] {
  return [...Map.groupBy(results, ({ family }) => family)].map(([family, of]) => [
    family,
    String(of.length),
    String(of.filter(({ fault }) => fault === null).length),
  ]);
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
