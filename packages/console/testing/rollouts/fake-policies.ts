import type {
  BlackoutCalendar,
  Freeze,
  PolicyDetail,
  PolicyDocument,
  PolicyEffect,
  PolicyProblem,
  PolicyValidation,
} from '@thimble/protocol';
import { PolicyDocument as PolicySchema } from '@thimble/protocol';
import { Value } from 'typebox/value';
import { isNode, LineCounter, parseDocument, stringify } from 'yaml';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';
import { seeded } from '../fixtures/random.ts';

const HOUR_MS = 3_600_000;
const random = seeded(61);
const iso = (ms: number): string => new Date(ms).toISOString();

export const TEMPLATES = [
  {
    name: 'nightly-security',
    title: 'Security updates every night',
    text: `# One endpoint goes first.
format: 1
name: nightly-security
description: Security updates every night.

windows:
  - name: night
    on: every day
    at: '22:00'
    lasts: 8h

rings:
  - name: first
    members:
      count: 1
    soak: 2h # Long enough to see it break.
  - name: everybody
    members: rest
`,
  },
  {
    name: 'servers-weekly',
    title: 'Servers in three rings, weekly',
    text: `format: 1
name: servers-weekly
description: Servers get a frozen snapshot in three rings.
priority: 200
scope:
  labels:
    role: [server]
select:
  types: [security]
deadlines:
  kev: due-date
  critical: 7d
start:
  on: every Tuesday
  at: '18:00'
windows:
  - name: weeknight
    on: Tue, Wed and Thu
    at: '22:00'
    lasts: 6h
  - name: saturday
    on: every Saturday
    at: '20:00'
    lasts: 10h
rings:
  - name: canary
    members: { percent: 10 }
    windows: [weeknight]
    soak: 6h
  - name: tenth
    members: { percent: 20 }
    soak: 6h
    gate: { failuresAtMost: 1, approvals: 2 }
  - name: others
    members: rest
blackouts: [trade-fair]
onFailure:
  rollBack: endpoint
`,
  },
];

/** The stand-in for the server's validation: YAML that can be read, and the schema. */
export function validate(text: string, fleet: readonly FakeEndpoint[], nowMs: number): PolicyValidation {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const value: unknown = document.errors.length === 0 ? document.toJS() : undefined;
  const problems = [
    ...document.errors.map((error): PolicyProblem =>
      problem('', error.linePos?.[0].line ?? null, error.message.split('\n')[0] ?? ''),
    ),
    ...(document.errors.length > 0 ? [] : [...Value.Errors(PolicySchema, value)].slice(0, 10)).map(
      (error): PolicyProblem => {
        const path = error.instancePath.split('/').slice(1);
        const node: unknown = path.length === 0 ? null : document.getIn(path, true);
        const line = isNode(node) && node.range != null ? counter.linePos(node.range[0]).line : null;
        return problem(wordsOf(path), line, error.message);
      },
    ),
  ];
  if (problems.length > 0) return { valid: false, problems, warnings: [], document: null, text: null, effect: null };
  const policy = Value.Parse(PolicySchema, value);
  const warnings = (policy.rings ?? []).every(({ members }) => members !== 'rest')
    ? [
        {
          ...problem('rings', null, 'no ring takes the rest: some endpoints may be in none'),
          hint: 'add one with members: rest',
        },
      ]
    : [];
  return { valid: true, problems: [], warnings, document: policy, text, effect: effectOf(policy, fleet, nowMs) };
}

function problem(path: string, line: number | null, message: string): PolicyProblem {
  return { path, line, column: line === null ? null : 1, message, hint: null };
}

function wordsOf(path: readonly string[]): string {
  return path.map((key, index) => (/^\d+$/.test(key) ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');
}

function effectOf(
  { rings = [], windows = [] }: PolicyDocument,
  fleet: readonly FakeEndpoint[],
  nowMs: number,
): PolicyEffect {
  let from = 0;
  return {
    rings: rings.map(({ name, members }) => {
      const size =
        members === 'rest'
          ? fleet.length - from
          : 'percent' in members
            ? Math.ceil((fleet.length * members.percent) / 100)
            : 'count' in members
              ? Number(members.count)
              : 3;
      const own = fleet.slice(from, from + size);
      from += own.length;
      return {
        name,
        endpointCount: own.length,
        first: own.slice(0, 10).map(({ summary: { id, hostname } }) => ({ id, hostname })),
      };
    }),
    overruled: 3,
    ringless: rings.some(({ members }) => members === 'rest') || rings.length === 0 ? 0 : 12,
    updateCount: 41,
    soonestDeadline: iso(nowMs + 50 * HOUR_MS),
    nextWindows: windows.flatMap(({ name }, index) =>
      [0, 1, 2].map((week) => ({
        window: name,
        timeZone: 'Europe/Berlin',
        startsAt: iso(nowMs + (9 + index * 30 + week * 168) * HOUR_MS),
        endsAt: iso(nowMs + (15 + index * 30 + week * 168) * HOUR_MS),
      })),
    ),
  };
}

/** A policy as it stands after it was saved. */
export function saved(
  text: string,
  before: PolicyDetail | undefined,
  note: string,
  fleet: readonly FakeEndpoint[],
  nowMs: number,
): PolicyDetail {
  const { document, effect, warnings } = validate(text, fleet, nowMs);
  if (document === null || effect === null) throw new Error('only valid policies are saved');
  const version = (before?.summary.version ?? 0) + 1;
  return {
    summary: {
      id: before?.summary.id ?? random.uuid(),
      name: document.name,
      inherited: null,
      clients: document.clients ?? 'none',
      description: document.description ?? '',
      enabled: document.enabled ?? true,
      priority: document.priority ?? 100,
      version,
      changedAt: iso(nowMs),
      changedBy: 'operator',
      ringNames: effect.rings.map(({ name }) => name),
      endpointCount: effect.rings.reduce((sum, ring) => sum + ring.endpointCount, 0),
      windowsInWords: (document.windows ?? []).map(
        ({ on, rrule, at, lasts }) => `${on ?? rrule ?? ''} at ${at ?? '00:00'} for ${lasts} (endpoint’s time)`,
      ),
      nextWindowAt: effect.nextWindows[0]?.startsAt ?? null,
      nextStartAt: document.start === undefined ? null : iso(nowMs + 4 * 24 * HOUR_MS),
      activeRollout: before?.summary.activeRollout ?? null,
    },
    document,
    text,
    sha256: random.hex(64),
    warnings,
    effect,
    clients: document.clients === undefined ? null : (before?.clients ?? []),
    versions: [
      {
        version,
        changedAt: iso(nowMs),
        changedBy: 'operator',
        note,
        changes:
          before === undefined
            ? []
            : [{ path: 'rings[0].soak', before: '2h', after: '4h', words: 'ring first soaks for 4h instead of 2h' }],
      },
      ...(before?.versions ?? []),
    ],
  };
}

function changedAt(policy: PolicyDetail, atMs: number): PolicyDetail {
  return { ...policy, summary: { ...policy.summary, changedAt: iso(atMs) } };
}

/** What the fleet begins with: one that is on, one that is off. */
export function policiesOfFleet(fleet: readonly FakeEndpoint[], nowMs: number): PolicyDetail[] {
  const [nightly, weekly] = TEMPLATES;
  if (nightly === undefined || weekly === undefined) throw new Error('there are two templates');
  const first = saved(weekly.text, undefined, 'from the template', fleet, nowMs);
  const second = changedAt(saved(weekly.text, first, 'a longer soak', fleet, nowMs), nowMs - 9 * 24 * HOUR_MS);
  const off = stringify({
    ...first.document,
    name: 'workstations',
    enabled: false,
    priority: 50,
    description: 'Not yet.',
  });
  return [second, saved(off, undefined, '', fleet, nowMs)];
}

export function freezesOfFleet(fleet: readonly FakeEndpoint[], nowMs: number): Freeze[] {
  const base = { createdBy: 'ada', createdAt: iso(nowMs - 40 * HOUR_MS), endedAt: null, endedBy: null };
  return [
    {
      ...base,
      id: random.uuid(),
      scope: { labels: { role: 'shop' } },
      scopeInWords: 'endpoints with role=shop',
      reason: 'Nobody touches the shop before the sale is over.',
      startsAt: iso(nowMs - 40 * HOUR_MS),
      endsAt: iso(nowMs + 60 * HOUR_MS),
      active: true,
      endpointCount: 12,
    },
    {
      ...base,
      id: random.uuid(),
      scope: {},
      scopeInWords: 'the whole fleet',
      reason: 'The move of the data centre.',
      startsAt: iso(nowMs - 900 * HOUR_MS),
      endsAt: iso(nowMs - 850 * HOUR_MS),
      endedAt: iso(nowMs - 860 * HOUR_MS),
      endedBy: 'bob',
      active: false,
      endpointCount: fleet.length,
    },
  ];
}

export function calendarsOfFleet(nowMs: number): BlackoutCalendar[] {
  return [
    {
      name: 'trade-fair',
      changedAt: iso(nowMs - 20 * 24 * HOUR_MS),
      changedBy: 'ada',
      eventCount: 4,
      gaps: ['1 event without a beginning'],
      next: [0, 1].map((index) => ({
        summary: `Fair, day ${index + 1}`,
        startsAt: iso(nowMs + (120 + index * 24) * HOUR_MS),
        endsAt: iso(nowMs + (130 + index * 24) * HOUR_MS),
      })),
      usedBy: ['servers-weekly'],
    },
  ];
}
