import { expect, it } from 'vitest';
import { releaseLines } from './release-lines.ts';

const range = (introduced: string | null, fixed: string | null, lastAffected: string | null = null) => ({
  interval: { introduced, fixed, lastAffected },
  endsWithRepair: true,
});
const ends =
  (...stated: ReturnType<typeof range>[]) =>
  (mentioned: string[] = []) =>
    releaseLines(stated, mentioned).map(({ interval: { introduced, fixed, lastAffected } }) => [
      introduced,
      fixed ?? lastAffected,
    ]);

it('starts each of several upper ends after the line of the one below it', () => {
  expect(ends(range(null, '11.0.2'), range(null, '10.1.14-h11'), range(null, '10.2.5'))()).toEqual([
    [null, '10.1.14-h11'],
    ['10.2', '10.2.5'],
    ['10.3', '11.0.2'],
  ]);
});

it.each([
  ['one alone', [range(null, '10.2.5')]],
  ['two of one line', [range(null, '10.2.5'), range(null, '10.2.7')]],
  ['ones without lines', [range(null, '5'), range(null, '7')]],
  ['ones with starts', [range('10.0', '10.0.5'), range(null, '9.1.2')]],
])('leaves %s as they are', (_what, stated) => {
  expect(releaseLines(stated, [])).toEqual(stated);
});

it('ends what has no end with its line, where later lines are spoken of', () => {
  expect(ends(range('7.0.6', null))(['7.4.0', '7.0.6'])).toEqual([['7.0.6', '7.1']]);
  expect(ends(range('7.0.6', null))(['7.0.6', '6.4.1'])).toEqual([['7.0.6', null]]);
});
