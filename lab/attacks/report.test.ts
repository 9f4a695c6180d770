import { describe, expect, test } from 'vitest';
import type { AttackResult } from './run-attacks.ts';
import { printJson, printTable } from './report.ts';

const attempt = async () => ({ refusal: 'refused', isRecorded: true });
const result = (name: string, fault: string | null): AttackResult => ({
  family: 'doors',
  name: `doors: ${name}`,
  attack: { name, refusal: 'refused', record: 'evidence', attempt },
  fault,
  note: '',
});
const results = [result('a key that was copied', null), result('a window', 'ended with open')];

describe('a report of attacks', () => {
  test('is a table with what was not refused, why, and the sums of each family', () => {
    expect(printTable(results)).toBe(
      `attack                        refused with  recorded in
doors: a key that was copied  refused       evidence
doors: a window               NOT REFUSED   evidence

NOT REFUSED doors: a window
ended with open

family  attacks  refused and recorded
doors   2        1

1 of 2 attacks refused and recorded
`,
    );
  });

  test('is JSON with the same', () => {
    expect(JSON.parse(printJson(results))).toEqual({
      total: 2,
      refused: 1,
      attacks: [
        { name: 'doors: a key that was copied', refused: true, refusal: 'refused', record: 'evidence' },
        {
          name: 'doors: a window',
          refused: false,
          refusal: 'refused',
          record: 'evidence',
          fault: 'ended with open',
        },
      ],
    });
  });
});
