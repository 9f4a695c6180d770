import { describe, expect, it } from 'vitest';
import { parsePolicyText } from './parse-policy-text.ts';

/** As `3:5 rings[0].soak: message (hint)`. */
function problemsOf(text: string): readonly string[] {
  const parsed = parsePolicyText(text);
  return (parsed.ok ? parsed.warnings : parsed.problems).map(
    ({ line, column, path, message, hint }) =>
      `${line}:${column} ${path}: ${message}${hint === null ? '' : ` (${hint})`}`,
  );
}
const policy = (rest: string): string => `format: 1\nname: weekly\n${rest}`;

describe('parsePolicyText', () => {
  it.each([
    [
      'windows: [{name: w, on: every day, lasts: 6 hours}]',
      '3:43 windows[0].lasts: "6 hours" is no duration; write 6h',
    ],
    [
      'windows: [{name: w, on: every day, lasts: 3}]',
      '3:43 windows[0].lasts: 3 is no duration; write it like 30m, 48h, 7d or 2w',
    ],
    [
      'windows: [{name: w, on: every day, lasts: 6h, at: 9pm}]',
      '3:51 windows[0].at: "9pm" is no time of day; write 21:00',
    ],
    [
      'windows: [{name: w, on: every day, lasts: 6h, except: [24.12.2026]}]',
      '3:56 windows[0].except[0]: "24.12.2026" is no date; write 2026-12-24',
    ],
    [
      'windows: [{name: w, on: every day, lasts: 6h, except: [2026-02-30]}]',
      '3:56 windows[0].except[0]: `2026-02-30` is no date; write it like 2026-12-24',
    ],
    [
      'windows: [{name: w, on: secnd Tuesday, lasts: 6h}]',
      '3:25 windows[0].on: `secnd` is no ordinal; write first, second, third, fourth, fifth or last, or a date like 15th',
    ],
    [
      'windows: [{name: w, on: every day, lasts: 6h, timeZone: Europe/Berln}]',
      '3:57 windows[0].timeZone: `Europe/Berln` is no known time zone; write one like Europe/Berlin, or endpoint',
    ],
    [
      'windows: [{name: w, on: every day, rrule: FREQ=DAILY, lasts: 6h}]',
      '3:43 windows[0].rrule: write either `on` or `rrule`, not both',
    ],
    [
      'windows: [{name: w, lasts: 6h}]',
      '3:11 windows[0].on: when it recurs is missing; write for example `on: every Wednesday`',
    ],
    ['windows:', '3:9 windows: nothing is written here; write something or leave the key out'],
    ['windows: []', '3:10 windows: the list is empty; write something in it or leave it out'],
    ['rings: [{name: Canary 1, members: rest}]', '3:16 rings[0].name: "Canary 1" is no name; write canary-1'],
    ['rings: [{name: a}]', '3:9 rings[0]: `members` is missing'],
    [
      'rings: [{name: a, member: rest}]',
      '3:19 rings[0].member: "member" is not known here; did you mean `members`? (known here: name, members, soak, gate, trial, windows, atOnce)',
    ],
    [
      'rings: [{name: a, members: all}]',
      '3:28 rings[0].members: "all" is not possible here; write rest, or a group with `filter`, `percent` or `count`',
    ],
    ['rings: [{name: a, members: rst}]', '3:28 rings[0].members: "rst" is not possible here; did you mean rest?'],
    [
      'rings: [{name: a, members: {percnt: 10}}]',
      '3:28 rings[0].members: it needs one of `filter`, `percent` or `count`; did you mean `percent`?',
    ],
    [
      'rings: [{name: a, members: {percent: 10, count: 1}}]',
      '3:28 rings[0].members: it has `percent` and `count`; only one of them is possible',
    ],
    ['rings: [{name: a, members: {percent: 150}}]', '3:38 rings[0].members.percent: 150 is too large; 100 is the most'],
    [
      'rings: [{name: a, members: {percent: 10%}}]',
      '3:38 rings[0].members.percent: "10%" is not possible here; it has to be a whole number',
    ],
    ['content: {snapshot: neww}', '3:21 content.snapshot: "neww" is not possible here; did you mean new?'],
    ['content: {snapshot: 7}', '3:21 content.snapshot: 7 is not possible here; write new or newest'],
    ['content: endpoints', '3:10 content: "endpoints" is not possible here; did you mean endpoint?'],
    ['content: 5', '3:10 content: 5 is not possible here; it has to be a group of keys or endpoint'],
    ['gate: {failuresAtMost: "3"}', '3:24 gate.failuresAtMost: "3" is a text here; write 3 without quotes'],
    ['gate: {failuresAtMost: 3 %}', '3:24 gate.failuresAtMost: "3 %" is no percentage; write 3%'],
    ['gate: {successAtLeast: 95}', '3:24 gate.successAtLeast: 95 is no percentage; write 95%'],
    ['atOnce: -1', '3:9 atOnce: -1 is too small; 0 is the least'],
    ['atOnce: 2.5', '3:9 atOnce: 2.5 is no whole number'],
    ['priority: "3"', '3:11 priority: "3" is a text here; write 3 without quotes'],
    ['enabled: yes', '3:10 enabled: "yes" is neither true nor false'],
    ['deploy: {reboot: {when: nevr}}', '3:25 deploy.reboot.when: "nevr" is not possible here; did you mean never?'],
    ['deploy: {checks: [{tcp: 99999}]}', '3:25 deploy.checks[0].tcp: 99999 is too large; 65535 is the most'],
    [
      'deploy: {checks: [{htp: x}]}',
      '3:19 deploy.checks[0]: it needs one of `tcp`, `http` or `command`; did you mean `http`?',
    ],
    [
      'deploy: {checks: [{http: "http://example.org/"}]}',
      '3:26 deploy.checks[0].http: "http://example.org/" is no address of the endpoint\'s own; write one like http://127.0.0.1:8080/health: endpoints ask nobody but themselves',
    ],
    ['scope: {labels: {Big Key: x}}', '3:18 scope.labels["Big Key"]: "Big Key" is no label\'s key; write big-key'],
    ['scope: {labels: {tier: 3}}', '3:24 scope.labels.tier: 3 is a number here; write "3"'],
    ['scope: {platforms: debian}', '3:20 scope.platforms: it has to be a list; write [debian]'],
    ['scope: {criticality: [hihg]}', '3:23 scope.criticality[0]: "hihg" is not possible here; did you mean high?'],
    ['scope: web', '3:8 scope: "web" is not possible here; it has to be a group of keys'],
    ['select: {kev: false}', '3:15 select.kev: false is not possible here; write true'],
    [
      'select: {exceptPackage: [x]}',
      '3:10 select.exceptPackage: "exceptPackage" is not known here; did you mean `exceptPackages`? (known here: types, severities, origins, packages, exceptPackages, kev, epssAtLeast, ssvc, publishedAtLeast)',
    ],
    [
      'budgets: [{per: cluster, atMost: 1}]',
      '3:17 budgets[0].per: "cluster" is no budget group; write all, site, group or label:KEY',
    ],
    ['description: "a\\0b"', '3:14 description: "a\\u0000b" has a zero byte or half a character in it'],
    ['start: {}', '3:8 start: it says nothing; write `on`, `rrule` or `urgent`'],
  ])('%s', (text, problem) => {
    expect(problemsOf(policy(text))).toEqual([problem]);
  });

  it.each([
    ['', '1:1 : there is nothing in it'],
    ['# only this\n', '1:1 : there is nothing in it'],
    ['- 1', '1:1 : a list is not possible here; it has to be a group of keys'],
    ['format: 2\nname: a', '1:9 format: 2 is not possible here; write 1'],
    ['name: a', '1:1 : `format` is missing; write `format: 1`'],
    ['format: 1\nname: a\nname: b', '3:1 : "name" is there twice'],
    ['format: 1\nname: &n a', '2:10 : anchors and aliases (& and *) are not possible; write it out'],
    ['format: 1\nname: *n', null],
    ['format: 1\nname: !!str a', '2:13 : tags (!) are not possible; leave it out'],
    ['format: 1\n<<: {name: a}', '2:1 ["<<"]: "<<" is not known here'],
    ['format: 1\nrings:\n\t- name: a', '3:1 : a tab indents this line; use spaces'],
    ['format: 1\n? [a]\n: b', '2:3 : a key has to be a plain text'],
    ['format: 1\nname: "a', '2:9 : this is no YAML: Missing closing "quote'],
  ])('%j is refused with a place', (text, problem) => {
    const found = problemsOf(text);
    expect(parsePolicyText(text).ok).toBe(false);
    if (problem === null) expect(found[0]).toMatch(/^2:7 : /);
    else
      expect(
        found.some((each) => each.startsWith(problem)),
        found.join('\n'),
      ).toBe(true);
  });

  it('tells several problems at once, in the order of the text', () => {
    expect(
      problemsOf(
        'format: 1\nname: A\nrngs: []\nwindows:\n  - name: w\n    on: every day\n    lasts: 6 hours\n    lst: 1\n',
      ),
    ).toEqual([
      '2:7 name: "A" is no name; write a',
      expect.stringMatching(/^3:1 rngs: "rngs" is not known here; did you mean `rings`\?/),
      '7:12 windows[0].lasts: "6 hours" is no duration; write 6h',
      expect.stringMatching(/^8:5 windows\[0\]\.lst: "lst" is not known here/),
    ]);
  });

  it('reads JSON, however it is indented', () => {
    expect(parsePolicyText('{\n\t"format": 1,\n\t"name": "weekly"\n}').ok).toBe(true);
    expect(problemsOf('{\n  "format": 1,\n  "name": "weekly",\n  "priority": "x"\n}')).toEqual([
      '4:15 priority: "x" is not possible here; it has to be a whole number',
    ]);
  });

  it('takes times, dates and shares as they are written', () => {
    const parsed = parsePolicyText(
      policy('atOnce: 10%\nwindows: [{name: w, on: every day, at: 22:00, lasts: 6h, except: [2026-12-24]}]'),
    );
    expect(parsed).toMatchObject({
      ok: true,
      policy: {
        atOnce: { kind: 'percent', percent: 10 },
        windows: [{ at: '22:00', durationMs: 6 * 3_600_000, except: ['2026-12-24'] }],
      },
    });
  });

  it.each([
    ['larger than 256 KB', `# ${'x'.repeat(262_144)}`, /larger than 256 KB/],
    ['larger in bytes than in characters', `# ${'ä'.repeat(140_000)}`, /larger than 256 KB/],
    ['of nothing but brackets', '['.repeat(260_000), /too many parts/],
    ['of many keys', Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n'), /too many parts/],
    ['of nested lists', '- '.repeat(3000), /nested too deeply/],
    ['of nested groups', `${'{a: '.repeat(3000)}1${'}'.repeat(3000)}`, /nested too deeply/],
    ['of aliases of aliases', 'a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n', /anchors and aliases/],
  ])('refuses a text %s', (_, text, message) => {
    const parsed = parsePolicyText(text);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? '' : parsed.problems[0]?.message).toMatch(message);
  });

  it.each([['x'.repeat(100_000)], ['\ud83d'], ['😀'.repeat(100)], ['a\0b']])(
    'cites little, and what can be stored (%#)',
    (value) => {
      const string = JSON.stringify(value);
      for (const place of [
        'scope: {platforms: V}',
        'name: V',
        'V: 1',
        'content: V',
        'windows: V',
        'rings: [{name: a, members: V}]',
      ])
        for (const { message, path } of [
          parsePolicyText(policy(place.replace('V', string))),
          parsePolicyText(policy(`${place.replace('V', string)}\n${place.replace('V', string)}`)),
          parsePolicyText(`{"format": 1, "name": [${string}}`),
        ].flatMap((parsed) => (parsed.ok ? [] : parsed.problems))) {
          expect((message + path).length).toBeLessThan(500);
          expect(message.isWellFormed() && path.isWellFormed()).toBe(true);
          expect(message + path).not.toContain('\0');
        }
    },
  );

  it('reads a text with a byte order mark and line ends of Windows', () => {
    expect(parsePolicyText('\ufeffformat: 1\r\nname: weekly\r\n').ok).toBe(true);
    expect(problemsOf('\ufeffformat: 1\r\nname: weekly\r\npriority: x\r\n')).toEqual([
      '3:11 priority: "x" is not possible here; it has to be a whole number',
    ]);
  });

  it('tells 50 problems at most', () => {
    const many = policy(Array.from({ length: 3000 }, (_, index) => `key${index}: 1`).join('\n'));
    expect(problemsOf(many).length).toBe(50);
  });
});
