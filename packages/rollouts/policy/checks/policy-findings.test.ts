import type { PolicyDocument } from '@thimble/protocol';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../parse-policy.ts';

/** As `error rings[0]: message` or `warning …`. */
function findingsOf(parts: Partial<PolicyDocument>): readonly string[] {
  const parsed = parsePolicy({ format: 1, name: 'weekly', ...parts });
  const problems = parsed.ok ? parsed.warnings : parsed.problems;
  return problems.map(({ path, message }) => `${parsed.ok ? 'warning' : 'error'} ${path}: ${message}`);
}

const window = (name: string, lasts = '6h') => ({ name, on: 'every day', lasts });
const ring = (name: string, parts: object = {}) => ({ name, members: { percent: 10 }, soak: '1h', ...parts });
const rest = { name: 'others', members: 'rest' as const };

describe('a policy', () => {
  it.each<[string, Partial<PolicyDocument>, string]>([
    ['two rings of a name', { rings: [ring('a'), ring('a'), rest] }, 'error rings[1].name: there is a ring a already'],
    [
      'two windows of a name',
      { windows: [window('w'), window('w')] },
      'error windows[1].name: there is a window w already',
    ],
    [
      'two probes of a name',
      {
        gate: {
          probes: [
            { name: 'p', query: 'x', atMost: 1 },
            { name: 'p', query: 'y', atMost: 1 },
          ],
        },
      },
      'error gate.probes[1].name: there is a probe p already',
    ],
    [
      'two budgets of the same groups',
      {
        budgets: [
          { per: 'site', atMost: 1 },
          { per: 'site', atMost: 2 },
        ],
      },
      'error budgets[1].per: there is a budget per site already',
    ],
    [
      'an exclusion of everybody',
      { exclude: {} },
      'error exclude: it excludes every endpoint; say which, or leave it out',
    ],
    [
      'two rings for the rest',
      { rings: [rest, { name: 'b', members: 'rest' }] },
      'error rings[1].members: ring others takes the rest already, so that nobody is left',
    ],
    [
      'percentages over 100',
      { rings: [ring('a', { members: { percent: 60 } }), ring('b', { members: { percent: 41 } })] },
      'error rings[1].members.percent: the rings up to here take 101 % of the endpoints',
    ],
    [
      'a window that there is not',
      { windows: [window('night'), window('weekend')], rings: [ring('a', { windows: ['nigth'] }), rest] },
      'error rings[0].windows[0]: there is no window nigth; did you mean night?',
    ],
    [
      'a window without windows',
      { rings: [ring('a', { windows: ['night'] }), rest] },
      'error rings[0].windows[0]: there is no window night: the policy has no windows',
    ],
    [
      'an installation longer than each window',
      { windows: [window('w', '1h'), window('x', '90m')], deploy: { expectedDuration: '2h' } },
      'error deploy.expectedDuration: an installation of 2h fits into no window: the longest, x, lasts 90m',
    ],
    [
      'an installation longer than the windows of a ring',
      {
        windows: [window('w', '1h'), window('x', '6h')],
        rings: [ring('a', { windows: ['w'] }), rest],
        deploy: { expectedDuration: '2h' },
      },
      'error deploy.expectedDuration: an installation of 2h fits into no window of ring a: the longest, w, lasts 1h',
    ],
    [
      'an installation that takes no time',
      { deploy: { expectedDuration: '0m' } },
      'error deploy.expectedDuration: an installation takes some time; with none, one could begin as its window ends',
    ],
    ...[{}, { labels: {} }].map((exclude): [string, Partial<PolicyDocument>, string] => [
      `the exclusion ${JSON.stringify(exclude)}`,
      { exclude },
      'error exclude: it excludes every endpoint; say which, or leave it out',
    ]),
    [
      'a probe without a bound',
      { gate: { probes: [{ name: 'errors', query: 'x' }] } },
      'error gate.probes[0]: probe errors has no bound, so that every answer is good; write `atMost` or `atLeast`',
    ],
    [
      'a probe that nothing passes',
      { rings: [ring('a', { gate: { probes: [{ name: 'p', query: 'x', atLeast: 2, atMost: 1 }] } }), rest] },
      'error rings[0].gate.probes[0]: no number is at least 2 and at most 1',
    ],
    [
      'a ring smaller than its gate needs',
      { rings: [ring('a', { members: { count: 2 }, gate: { patchedAtLeast: 3 } }), rest] },
      'error rings[0].gate.patchedAtLeast: ring a has 2 endpoints, and its gate needs 3 that were patched',
    ],
    [
      'fewer people than approvals',
      { approvals: { required: 3, from: ['ada', 'bob', 'ada'] } },
      'error approvals.required: 3 people have to approve, and only 2 may',
    ],
    [
      'fewer people than a gate asks for',
      { approvals: { required: 1, from: ['ada'] }, rings: [ring('a', { gate: { approvals: 2 } }), rest] },
      'error rings[0].gate.approvals: 2 people have to approve, and only 1 may',
    ],
  ])('is refused for %s', (_, parts, finding) => {
    expect(findingsOf(parts)).toEqual([finding]);
  });

  it.each<[string, Partial<PolicyDocument>, string]>([
    [
      'a gate that lets all through',
      { gate: { successAtLeast: '0%' } },
      'warning gate.successAtLeast: the gate is passed even if every endpoint fails',
    ],
    ['nothing at once', { atOnce: 0 }, 'warning atOnce: nothing ever begins: 0 endpoints are worked on at a time'],
    [
      'a ring with nothing at once',
      { rings: [ring('a', { atOnce: '0%' }), rest] },
      'warning rings[0].atOnce: nothing ever begins in ring a: 0 endpoints at a time',
    ],
    [
      'a budget of nothing',
      { budgets: [{ per: 'label:cluster', atMost: 0 }] },
      'warning budgets[0].atMost: nothing ever begins where this budget counts (per label:cluster)',
    ],
    [
      'a first ring that is not watched',
      { rings: [ring('a', { soak: '0m' }), rest] },
      'warning rings[0]: ring a is not watched: ring others begins as soon as its last endpoint is patched',
    ],
    [
      'people whom no ring takes',
      { rings: [ring('a')] },
      'warning rings: endpoints whom no ring takes are not patched',
    ],
    ...[{}, { labels: {} }].map((filter): [string, Partial<PolicyDocument>, string] => [
      `a ring that takes all by ${JSON.stringify(filter)}`,
      { rings: [ring('a', { members: { filter } }), rest] },
      'warning rings[0].members.filter: ring a takes every endpoint, so that the other rings get none',
    ]),
    [
      'a deadline shorter than the soak of the rings',
      {
        deadlines: { kev: '48h' },
        rings: [ring('a', { soak: '1d' }), ring('b', { soak: '3d' }), { ...rest, soak: '9d' }],
      },
      'warning deadlines.kev: 48h are over before ring others begins: the rings before the last soak 4d together',
    ],
    [
      'a deadline shorter than the age that is asked for',
      { deadlines: { critical: '2d' }, select: { publishedAtLeast: '3d' } },
      'warning deadlines.critical: 2d are over before anything begins: updates wait 3d after they are published',
    ],
    [
      'a window that is too short for an installation',
      { windows: [window('w', '1h'), window('x')], deploy: { expectedDuration: '2h' } },
      'warning windows[0].lasts: nothing begins in window w: an installation takes 2h',
    ],
    [
      'a window that no ring uses',
      { windows: [window('w'), window('x')], rings: [ring('a', { windows: ['w'] }), { ...rest, windows: ['w'] }] },
      'warning windows[1]: no ring uses window x',
    ],
    [
      'people who are never asked',
      { approvals: { required: 0, from: ['ada'] } },
      'warning approvals.from: nobody has to approve anything: `required` is 0, and so is it at every gate',
    ],
    [
      'no reboots',
      { deploy: { reboot: { when: 'never' } } },
      'warning deploy.reboot.when: fixes of kernels and of what every process uses stay without effect until somebody reboots',
    ],
    [
      'a deferral of what nobody is asked',
      { deploy: { reboot: { deferFor: '3d' } } },
      'warning deploy.reboot.deferFor: `deferFor` counts with `consent: ask` alone',
    ],
    [
      'a first that does not count',
      { trial: { first: 3 } },
      'warning trial.first: `first` counts with `mode: first` alone',
    ],
    [
      'checks of no trial',
      { trial: { mode: 'none' }, rings: [ring('a', { trial: { checks: ['web'] } }), rest] },
      'warning rings[0].trial.checks: no check is run: `mode: none` makes no trial',
    ],
    [
      'rings over content that is not frozen',
      { content: 'endpoint', rings: [ring('a'), rest] },
      'warning content: nothing is frozen: a later ring may get newer versions than those that the ring before it proved',
    ],
    [
      'everything always',
      { always: {} },
      'warning always: it takes every security update, so that `select` decides nothing about them',
    ],
    [
      'everything urgent',
      { start: { urgent: {} } },
      'warning start.urgent: every security update starts a rollout at once',
    ],
  ])('is doubted for %s', (_, parts, finding) => {
    expect(findingsOf(parts)).toEqual([finding]);
  });

  it.each<[string, Partial<PolicyDocument>]>([
    [
      'the rest in the middle: databases come last',
      { rings: [ring('a'), rest, { name: 'db', members: { filter: { labels: { role: 'db' } } } }] },
    ],
    ['percentages that are everybody', { rings: [ring('a'), { name: 'b', members: { percent: 90 } }] }],
    [
      'a short deadline of what waits for nothing',
      { deadlines: { kev: '1d' }, select: { publishedAtLeast: '3d' }, always: { kev: true } },
    ],
    ['a due date', { deadlines: { kev: 'due-date' }, rings: [ring('a', { soak: '9d' }), rest] }],
    ['nothing said', {}],
  ])('is fine with %s', (_, parts) => {
    expect(findingsOf(parts)).toEqual([]);
  });
});
