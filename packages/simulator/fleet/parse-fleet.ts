import { isZone, schemaFindings } from '@thimble/rollouts';
import { Check } from 'typebox/value';
import type { SimulatedEndpoint, SimulatedUpdate, SimulationInput } from '../simulate/input.ts';
import { type EndpointsDocument, FLEET_LIMITS, FleetDocument, type PendingUpdateDocument } from './fleet-document.ts';

/** The parts of a simulation's input that say what there is. */
export type Fleet = Pick<SimulationInput, 'endpoints' | 'lists' | 'calendars' | 'freezes'>;

export type ParsedFleet =
  | { readonly ok: true; readonly fleet: Fleet }
  | { readonly ok: false; readonly problems: readonly FleetProblem[] };

export interface FleetProblem {
  /** JSON pointer (RFC 6901): `/endpoints/3/timeZone`; empty: the whole document. */
  readonly path: string;
  readonly message: string;
}

const DAY_MS = 86_400_000;
/** More say nothing new. */
const MOST_PROBLEMS = 20;

/** A fleet document as a simulation takes it. What does not fit its schema is refused, never guessed. */
export function parseFleet(value: unknown): ParsedFleet {
  const wrong = Iterator.from(schemaFindings(FleetDocument, value))
    .take(MOST_PROBLEMS)
    .map(({ path, message }) => ({ path: pointerOf(path), message }))
    .toArray();
  if (wrong.length > 0) return { ok: false, problems: wrong };
  if (!Check(FleetDocument, value)) return { ok: false, problems: [{ path: '', message: 'this is no fleet' }] };
  const problems = [...wrongReferences(value), ...wrongTimes(value)].slice(0, MOST_PROBLEMS);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, fleet: fleetOf(value) };
}

function pointerOf(path: readonly (string | number)[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function wrongReferences({ endpoints, updates = {} }: FleetDocument): readonly FleetProblem[] {
  const problems: FleetProblem[] = [];
  const total = endpoints.reduce((sum, { count }) => sum + (count ?? 1), 0);
  if (total > FLEET_LIMITS.endpoints)
    return [{ path: '/endpoints', message: `these are ${total} endpoints; at most ${FLEET_LIMITS.endpoints}` }];
  const seen = new Set<string>();
  for (const [index, endpoint] of endpoints.entries()) {
    const at = `/endpoints/${index}`;
    const { timeZone, updates: list } = endpoint;
    const names = namesOf(endpoint);
    const twice = names.find((name) => seen.has(name));
    if (twice !== undefined) problems.push({ path: `${at}/hostname`, message: `${twice} is there twice` });
    for (const name of names) seen.add(name);
    if (timeZone !== undefined && !isZone(timeZone))
      problems.push({ path: `${at}/timeZone`, message: `${timeZone} is no time zone; write one like Europe/Berlin` });
    if (list !== undefined && !Object.hasOwn(updates, list))
      problems.push({ path: `${at}/updates`, message: `there is no list ${list} among the updates` });
  }
  return problems;
}

/** A pattern takes the 31st of February, and an end before its beginning. */
function wrongTimes({ updates = {}, calendars = {}, freezes = [] }: FleetDocument): readonly FleetProblem[] {
  const days = Object.entries(updates).flatMap(([name, list]) =>
    list.flatMap(({ published, kev }, index) => [
      { path: ['updates', name, index, 'published'], day: published },
      { path: ['updates', name, index, 'kev', 'due'], day: kev?.due },
    ]),
  );
  const spans = [
    ...Object.entries(calendars).flatMap(([name, events]) =>
      events.map((span, index) => ({ path: ['calendars', name, index], ...span })),
    ),
    ...freezes.map((span, index) => ({ path: ['freezes', index], ...span })),
  ];
  return [
    ...days.flatMap(({ path, day }) =>
      day === undefined || isDay(day) ? [] : [{ path: pointerOf(path), message: `there is no day ${day}` }],
    ),
    ...spans.flatMap(({ path, startsAt, endsAt }) =>
      isDay(startsAt.slice(0, 10)) && Date.parse(endsAt) > Date.parse(startsAt)
        ? []
        : [{ path: pointerOf(path), message: 'it has to begin at a moment that there is, and to end after it' }],
    ),
  ];
}

function isDay(day: string): boolean {
  const read = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(day);
}

function fleetOf({ endpoints, updates = {}, calendars = {}, freezes = [] }: FleetDocument): Fleet {
  const span = ({ startsAt, endsAt }: { readonly startsAt: string; readonly endsAt: string }) => ({
    startMs: Date.parse(startsAt),
    endMs: Date.parse(endsAt),
  });
  return {
    endpoints: endpoints.flatMap((document) => namesOf(document).map((name) => endpointOf(document, name))),
    lists: new Map(Object.entries(updates).map(([name, list]) => [name, list.map(updateOf)])),
    calendars: new Map(Object.entries(calendars).map(([name, events]) => [name, events.map(span)])),
    freezes: freezes.map((freeze) => ({ ...span(freeze), scope: freeze.scope ?? {}, why: freeze.reason })),
  };
}

function namesOf({ count, hostname }: EndpointsDocument): readonly string[] {
  return count === undefined ? [hostname] : Array.from({ length: count }, (_, index) => `${hostname}-${index + 1}`);
}

function endpointOf(document: EndpointsDocument, hostname: string): SimulatedEndpoint {
  return {
    id: hostname,
    traits: {
      hostname,
      platform: document.platform ?? null,
      labels: new Map(Object.entries(document.labels ?? {})),
      groups: document.groups ?? [],
      criticality: document.criticality ?? 'unknown',
      site: document.site ?? null,
    },
    timeZone: document.timeZone ?? 'UTC',
    list: document.updates ?? null,
    online: document.online ?? true,
    expectedMs: document.minutes === undefined ? null : document.minutes * 60_000,
  };
}

function updateOf(document: PendingUpdateDocument): SimulatedUpdate {
  const source = document.source ?? document.package;
  return {
    patch: `${source} ${document.version}`,
    name: document.package,
    source,
    security: document.security ?? true,
    vulnerabilities: document.vulnerabilities ?? [],
    origin: document.origin ?? null,
    severity: document.severity ?? 'unknown',
    kev: document.kev === undefined ? null : { dueMs: dayEndOf(document.kev.due) },
    epss: document.epss ?? null,
    ssvc: document.ssvc ?? null,
    publishedMs: dayOf(document.published),
    downloadBytes: document.bytes ?? 0,
    needsReboot: document.needsReboot ?? null,
  };
}

function dayOf(date: string | undefined): number | null {
  return date === undefined ? null : Date.parse(`${date}T00:00:00Z`);
}

/** A due date is over when its day is. */
function dayEndOf(date: string | undefined): number | null {
  const startMs = dayOf(date);
  return startMs === null ? null : startMs + DAY_MS;
}
