import { SCHEMES } from '@thimble/versions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affectedVersions } from './ranges.ts';

type EventText = readonly [string, string];
const range = (events: readonly EventText[], type = 'ECOSYSTEM'): unknown => ({
  type,
  events: events.map((event) => Object.fromEntries([event])),
});

function read(scheme: string, ranges: readonly unknown[], listed: readonly unknown[] = []) {
  const found = SCHEMES.find(({ id }) => id === scheme);
  if (found === undefined) throw new Error(scheme);
  const { intervals, versions, fix, undecided, problems } = affectedVersions(found, ranges, listed);
  const shown = intervals.map(({ introduced, fixed, lastAffected }) =>
    [introduced ?? '', fixed === null ? '' : `<${fixed}`, lastAffected === null ? '' : `≤${lastAffected}`]
      .join(' ')
      .trim(),
  );
  return {
    shown,
    versions,
    fix: fix.version ?? fix.state,
    undecided: undecided.map(({ introduced }) => introduced),
    problems,
  };
}

describe('events become intervals', () => {
  it.each<[string, readonly EventText[], readonly string[], string]>([
    [
      'from the first version to the fix',
      [
        ['introduced', '0'],
        ['fixed', '1.5'],
      ],
      ['<1.5'],
      '1.5',
    ],
    ['without an end', [['introduced', '2.0']], ['2.0'], 'none'],
    ['every version', [['introduced', '0']], [''], 'none'],
    [
      'with the last affected',
      [
        ['introduced', '1.0'],
        ['last_affected', '1.9'],
      ],
      ['1.0  ≤1.9'],
      'unknown',
    ],
    [
      'two branches',
      [
        ['introduced', '1.0'],
        ['fixed', '1.5'],
        ['introduced', '2.0'],
        ['fixed', '2.5'],
      ],
      ['1.0 <1.5', '2.0 <2.5'],
      '2.5',
    ],
    [
      'two branches in another order',
      [
        ['fixed', '2.5'],
        ['introduced', '2.0'],
        ['fixed', '1.5'],
        ['introduced', '1.0'],
      ],
      ['1.0 <1.5', '2.0 <2.5'],
      '2.5',
    ],
    [
      'a branch that follows at once',
      [
        ['introduced', '1'],
        ['fixed', '2'],
        ['introduced', '2'],
        ['fixed', '3'],
      ],
      ['1 <2', '2 <3'],
      '3',
    ],
    [
      'the first of several fixes',
      [
        ['introduced', '0'],
        ['fixed', '1.5'],
        ['fixed', '1.7'],
      ],
      ['<1.5'],
      '1.5',
    ],
    ['nothing introduced: from the first version', [['fixed', '1.5']], ['<1.5'], '1.5'],
    [
      'introduced and fixed at once: nothing',
      [
        ['introduced', '1.5'],
        ['fixed', '1.5'],
      ],
      [],
      'unknown',
    ],
    [
      'a limit that is none',
      [
        ['introduced', '1.5'],
        ['limit', '*'],
      ],
      ['1.5'],
      'none',
    ],
    [
      'numbers, not text',
      [
        ['introduced', '0.9'],
        ['fixed', '0.10'],
      ],
      ['0.9 <0.10'],
      '0.10',
    ],
  ])('%s', (_, events, shown, fix) => {
    expect(read('pep440', [range(events)])).toMatchObject({ shown, fix, undecided: [], problems: [] });
  });

  it('leaves out ranges of commits', () => {
    expect(
      read('pep440', [
        range(
          [
            ['introduced', '0'],
            ['fixed', 'abcdef'],
          ],
          'GIT',
        ),
      ]),
    ).toMatchObject({ shown: [], problems: [] });
  });

  it('keeps a listed version only when no interval holds it', () => {
    const events = range([
      ['introduced', '1.0'],
      ['fixed', '2.0'],
    ]);
    expect(read('pep440', [events], ['1.5', '2.0', '2.0', 'odd']).versions).toEqual(['2.0', 'odd']);
  });
});

describe('a border that is no version', () => {
  const broken = range([
    ['introduced', '0'],
    ['fixed', '1.0'],
    ['introduced', '2.0'],
    ['last_affected', '2.9-NA'],
  ]);

  it('leaves its own stretch undecided, from where it is known to begin', () => {
    expect(read('pep440', [broken])).toMatchObject({
      shown: ['<1.0'],
      undecided: ['2.0'],
      problems: ['last_affected 2.9-NA is no pep440 version'],
    });
  });

  it('is decided by the list of versions where there is one', () => {
    expect(read('pep440', [broken], ['2.0', '2.5'])).toMatchObject({
      shown: ['<1.0'],
      versions: ['2.0', '2.5'],
      undecided: [],
    });
  });

  it('is completed where a scheme demands three numbers, but not as the last affected', () => {
    expect(
      read('cargo', [
        range([
          ['introduced', '0.5'],
          ['fixed', '0.62'],
        ]),
      ]).shown,
    ).toEqual(['0.5.0 <0.62.0']);
    expect(
      read('semver', [
        range([
          ['introduced', '2020.04.23'],
          ['fixed', '2021'],
        ]),
      ]).shown,
    ).toEqual(['2020.4.23 <2021.0.0']);
    expect(
      read('npm', [
        range([
          ['introduced', '0'],
          ['last_affected', '1.3'],
        ]),
      ]),
    ).toMatchObject({ shown: [], undecided: [null] });
  });

  it('leaves everything undecided when a range has no events that are understood', () => {
    for (const odd of [null, 7, {}, { type: 'ECOSYSTEM' }, { type: 'OTHER', events: [] }, range([['until', '1.0']])])
      expect(read('pep440', [odd])).toMatchObject({ shown: [], undecided: [null] });
  });
});

it('intervals hold exactly what the evaluation of the schema says', () => {
  const version = fc.integer({ min: 0, max: 12 }).map((number) => `1.${number}`);
  const events = fc.array(fc.tuple(fc.constantFrom('introduced', 'fixed', 'last_affected'), version), {
    minLength: 1,
    maxLength: 7,
  });
  const scheme = SCHEMES.find(({ id }) => id === 'pep440');
  const number = (text: string): number => Number(text.slice(2));
  fc.assert(
    fc.property(events, version, (list, candidate) => {
      // Only one event for each version: the schema does not say in which order equal ones are looked at.
      const distinct = list.filter(([, text], index) => list.findIndex(([, other]) => other === text) === index);
      if (scheme === undefined || !distinct.some(([kind]) => kind === 'introduced')) return;
      let expected = false;
      for (const [kind, text] of [...distinct].sort((a, b) => number(a[1]) - number(b[1]))) {
        if (kind === 'introduced' && number(candidate) >= number(text)) expected = true;
        if (kind === 'fixed' && number(candidate) >= number(text)) expected = false;
        if (kind === 'last_affected' && number(candidate) > number(text)) expected = false;
      }
      const { intervals } = affectedVersions(scheme, [range(distinct)], []);
      const held = intervals.some(
        ({ introduced, fixed, lastAffected }) =>
          (introduced === null || number(candidate) >= number(introduced)) &&
          (fixed === null || number(candidate) < number(fixed)) &&
          (lastAffected === null || number(candidate) <= number(lastAffected)),
      );
      expect(held).toBe(expected);
    }),
    { seed: 11, numRuns: 3_000 },
  );
});
