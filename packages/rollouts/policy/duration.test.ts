import { expect, it } from 'vitest';
import { durationInWords, durationMs } from './duration.ts';

it.each([
  ['30m', 1_800_000, '30m'],
  ['0h', 0, '0m'],
  ['48h', 172_800_000, '48h'],
  ['2d', 172_800_000, '48h'],
  ['72h', 259_200_000, '3d'],
  ['2w', 1_209_600_000, '14d'],
  ['90m', 5_400_000, '90m'],
])('%s are %i ms, and %s in words', (word, ms, words) => {
  expect(durationMs(word)).toBe(ms);
  expect(durationInWords(ms)).toBe(words);
});

it.each([[''], ['3'], ['3 h'], ['-3h'], ['1.5h'], ['03h'], ['3s'], ['100000h'], ['3h\n']])(
  '%j is no length of time',
  (word) => {
    expect(durationMs(word)).toBe(null);
  },
);
