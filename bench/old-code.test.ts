import { describe, expect, it } from 'vitest';
import { parseOldCode, unitsOf } from './old-code.ts';

const found = parseOldCode(
  [
    '1 init.scope systemd',
    '77 system.slice/system-postgresql.slice/postgresql@15-main.service postgres',
    '78 system.slice/system-postgresql.slice/postgresql@15-main.service postgres',
    '90  sh',
    '',
  ].join('\n'),
);

describe('processes on old code', () => {
  it('belong to the innermost unit of their control group, or to none', () => {
    expect(found.map(({ pid, unit }) => [pid, unit])).toEqual([
      [1, 'init.scope'],
      [77, 'postgresql@15-main.service'],
      [78, 'postgresql@15-main.service'],
      [90, 'none'],
    ]);
  });
  it('are counted by unit', () => {
    expect(unitsOf(found)).toEqual(['init.scope', 'none', 'postgresql@15-main.service']);
  });
});
