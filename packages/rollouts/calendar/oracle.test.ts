import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCalendarCache } from './calendar-cache.ts';
import { parseRrule } from './parse-rrule.ts';
import { toRrule } from './recurrence.ts';
import { anyRecurrence, anyRrule, anyZone, ZONES } from './testing/anything.ts';
import { askOracle, pythonWithCalendars, type OracleCase, type ZoneChange } from './testing/oracle.ts';
import { zoneClock } from './zone-time.ts';

const python = await pythonWithCalendars();

/** Twenty years. */
const YEARS = [2010, 2030] as const;
const RANGE = { startMs: Date.UTC(YEARS[0], 0, 3), endMs: Date.UTC(YEARS[1] - 1, 11, 29) };

/**
 * Where two releases of the tz database that machines have today differ within these years: Node brings its own, python has the system's.
 * Years before are compared; what differs elsewhere fails, and belongs here with its reason.
 */
const CHANGED_LATELY: ReadonlyMap<string, { readonly fromMs: number; readonly why: string }> = new Map([
  ['Africa/Casablanca', { fromMs: Date.UTC(2026, 8, 20), why: 'Morocco stays at UTC after 20 September 2026' }],
  ['America/Vancouver', { fromMs: Date.UTC(2026, 10, 1), why: 'British Columbia stays at UTC-7 after summer 2026' }],
  ['Europe/Chisinau', { fromMs: Date.UTC(2022, 2, 27), why: 'Moldova changes when the European Union does (2026a)' }],
]);

const anyCase: fc.Arbitrary<OracleCase> = fc
  .record({
    rule: fc.oneof(
      anyRecurrence.map((recurrence) => ({
        rrule: toRrule(recurrence),
        shiftDays: 'shiftDays' in recurrence ? recurrence.shiftDays : 0,
      })),
      anyRrule.filter((rrule) => parseRrule(rrule).ok).map((rrule) => ({ rrule, shiftDays: 0 })),
    ),
    from: fc
      .date({ min: new Date('2006-01-01'), max: new Date('2016-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
    minutes: fc.oneof(fc.constantFrom(0, 120, 150, 180, 1425), fc.nat(1439)),
    zone: anyZone,
    except: fc.uniqueArray(fc.constantFrom('2015-06-09', '2015-06-10', '2015-06-13', '2015-06-14', '2015-06-30'), {
      maxLength: 3,
    }),
  })
  .map(({ rule, ...rest }) => ({ ...rest, ...rule }));

describe.skipIf(python === null)('against dateutil and zoneinfo, over 20 years', () => {
  const changes = python === null ? {} : askOracle(python, { years: YEARS, zones: ZONES, cases: [] }).changes;

  it(`${ZONES.length} zones change when the system's tz database says, but for what changed lately`, () => {
    const differing = ZONES.flatMap((zone) => {
      const wrong = (changes[zone] ?? []).find((change) => !hasChange(zone, change));
      if (wrong === undefined) return [];
      const atMs = wrong[0] * 1000;
      const known = CHANGED_LATELY.get(zone);
      if (known === undefined || atMs < known.fromMs)
        return [`${zone} at ${new Date(atMs).toISOString()} (${versions()})`];
      const until = new Date(known.fromMs).toISOString();
      process.stderr.write(`· ${zone} is compared until ${until}: ${known.why} (${versions()})\n`);
      return [];
    });
    expect(differing).toEqual([]);
  });

  it('windows of each day begin when they say, at times that clocks skip or show twice', { timeout: 180_000 }, () => {
    const daily = { rrule: 'FREQ=DAILY', shiftDays: 0, from: '2006-01-01', except: [] };
    const cases = ZONES.flatMap((zone) =>
      oddMinutes(changes[zone] ?? []).map((minutes) => ({ ...daily, zone, minutes })),
    );
    expect(cases.length).toBeGreaterThan(ZONES.length);
    expect(differences(cases)).toEqual([]);
  });

  it('windows begin when they say, whatever the rule and the zone', { timeout: 180_000 }, () => {
    fc.assert(
      fc.property(fc.array(anyCase, { minLength: 100, maxLength: 100 }), (cases) => {
        expect(differences(cases)).toEqual([]);
      }),
      // Each question costs python ten seconds: a smaller one would say no more.
      { numRuns: 1, endOnFailure: true },
    );
  });
});

/** The rules whose windows begin at other times than python says, with the first two of both. */
function differences(cases: readonly OracleCase[]) {
  const { starts } = askOracle(python ?? '', { years: YEARS, zones: [], cases });
  const cache = createCalendarCache();
  return cases.flatMap((rule, index) => {
    const startMs = RANGE.startMs;
    const endMs = Math.min(RANGE.endMs, CHANGED_LATELY.get(rule.zone)?.fromMs ?? Infinity);
    const theirs = (starts[index] ?? []).map((seconds) => seconds * 1000).filter((ms) => ms >= startMs && ms < endMs);
    const ours = cache.starts(windowRule(rule), 'UTC', { startMs, endMs });
    const first = [...theirs, Infinity].findIndex((ms, position) => ms !== (ours[position] ?? Infinity));
    return first < 0 ? [] : [{ rule, theirs: theirs.slice(first, first + 2), ours: ours.slice(first, first + 2) }];
  });
}

/** Whether the zone's clock goes right to the moment before a change, and right on after what it skips or shows twice. */
function hasChange(zone: string, [seconds, before, after]: ZoneChange): boolean {
  const clock = zoneClock(zone);
  const last = seconds - 1;
  const next = seconds + Math.max(0, before - after);
  return clock((last + before) * 1000) === last * 1000 && clock((next + after) * 1000) === next * 1000;
}

/** Minutes of the day in the middle of what a zone's clock skips or shows twice; noon where it never does. */
function oddMinutes(changes: readonly ZoneChange[]): readonly number[] {
  const minutes = changes.map(([seconds, before, after]) => Math.floor((seconds + (before + after) / 2) / 60) % 1440);
  return minutes.length === 0 ? [720] : [...new Set(minutes)];
}

function windowRule({ minutes, zone, ...rule }: OracleCase) {
  const at = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  return { ...rule, name: 'window', words: rule.rrule, at, durationMs: 0, timeZone: zone };
}

function versions(): string {
  const system = /^# version (\S+)/.exec(readFileSync('/usr/share/zoneinfo/tzdata.zi', 'utf8'))?.[1] ?? 'unknown';
  return `Node has ${process.versions['tz'] ?? 'unknown'}, the system ${system}`;
}
