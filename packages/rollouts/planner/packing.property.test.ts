import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Opening } from './openings.ts';
import { pack, type Packing, type PackingInput, type WorkClass } from './packing.ts';

const RUNS = { numRuns: 500 };
const UNTIL = 1000;

const openings: fc.Arbitrary<readonly Opening[]> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 90 })), { minLength: 1, maxLength: 6 })
  .map((gaps) => {
    let endMs = 0;
    return gaps.map(([gap, length]): Opening => {
      const startMs = endMs + gap;
      endMs = startMs + length;
      return { startMs, endMs, window: null };
    });
  });

const input = (durations: fc.Arbitrary<number>): fc.Arbitrary<PackingInput> =>
  fc
    .record({
      doors: fc.array(openings, { minLength: 1, maxLength: 3 }),
      free: fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 3, maxLength: 3 }),
      classes: fc.array(
        fc.record({
          door: fc.nat(2),
          notBeforeMs: fc.constantFrom(0, 40),
          durationMs: durations,
          groups: fc.subarray([0, 1, 2]),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      classOf: fc.array(fc.nat(4), { maxLength: 30 }),
      releases: fc.array(fc.record({ group: fc.nat(2), atMs: fc.nat(200) }), { maxLength: 3 }),
    })
    .map(({ doors, free, classes, classOf, releases }) => ({
      fromMs: 5,
      untilMs: UNTIL,
      classes: classes.map(({ door, ...work }): WorkClass => ({
        ...work,
        openings: doors[door % doors.length] ?? [],
        spacing: null,
      })),
      classOf: Int32Array.from(classOf, (index) => index % classes.length),
      free: Float64Array.from(free),
      releases,
      latestStartMs: (endMs: number, durationMs: number) => endMs - durationMs,
    }));

function jobs(
  { classes, classOf }: PackingInput,
  { startMs }: Packing,
): readonly (WorkClass & { readonly startMs: number })[] {
  return [...classOf].flatMap((index, job) => {
    const work = classes[index];
    const atMs = startMs[job] ?? Number.NaN;
    return work === undefined || Number.isNaN(atMs) ? [] : [{ ...work, startMs: atMs }];
  });
}

/** Places of a group that are taken at a moment by what was packed, and those there are. */
function usage(
  what: PackingInput,
  packing: Packing,
  group: number,
  momentMs: number,
): { readonly taken: number; readonly there: number } {
  const taken = jobs(what, packing).filter(
    ({ groups, startMs, durationMs }) =>
      groups.includes(group) && startMs <= momentMs && momentMs < startMs + durationMs,
  ).length;
  const released = what.releases.filter((release) => release.group === group && release.atMs <= momentMs).length;
  return { taken, there: (what.free[group] ?? 0) + released };
}

describe('whatever is packed', () => {
  test('begins and ends in one of its openings, and not before its time', () => {
    fc.assert(
      fc.property(input(fc.integer({ min: 1, max: 50 })), (what) => {
        const packing = pack(what);
        for (const { openings: own, startMs, durationMs, notBeforeMs } of jobs(what, packing)) {
          expect(startMs).toBeGreaterThanOrEqual(Math.max(what.fromMs, notBeforeMs));
          expect(own.some((opening) => opening.startMs <= startMs && startMs + durationMs <= opening.endMs)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  test('never takes more places than there are', () => {
    fc.assert(
      fc.property(input(fc.integer({ min: 1, max: 50 })), (what) => {
        const packing = pack(what);
        for (const { startMs, groups } of jobs(what, packing))
          for (const group of groups) {
            const { taken, there } = usage(what, packing, group, startMs);
            expect(taken).toBeLessThanOrEqual(there);
          }
      }),
      RUNS,
    );
  });

  test('leaves nothing waiting for which there is a window and a place', () => {
    fc.assert(
      fc.property(input(fc.integer({ min: 1, max: 50 })), (what) => {
        const packing = pack(what);
        what.classOf.forEach((index, job) => {
          const work = what.classes[index];
          const beginMs = packing.startMs[job] ?? Number.NaN;
          if (work === undefined) return;
          for (const { startMs, endMs } of work.openings) {
            const atMs = Math.max(startMs, what.fromMs, work.notBeforeMs);
            if (atMs + work.durationMs > endMs || atMs >= (Number.isNaN(beginMs) ? UNTIL : beginMs)) continue;
            const full = work.groups.some((group) => {
              const { taken, there } = usage(what, packing, group, atMs);
              return taken >= there;
            });
            expect(full).toBe(true);
          }
        });
      }),
      RUNS,
    );
  });

  // Work that is not alike knows anomalies (Graham 1969): begun earlier, the more urgent can take the place with which other work would
  // have just fitted into a window that closes.
  const openForEver: readonly Opening[] = [{ startMs: 1, endMs: UNTIL, window: null }];
  test.each<[string, (work: WorkClass, first: WorkClass) => WorkClass]>([
    ['has the same windows', (work, { openings: same, notBeforeMs }) => ({ ...work, openings: same, notBeforeMs })],
    ['has a window that does not close', (work) => ({ ...work, openings: openForEver })],
  ])('is not later with one place more, where all takes the same time, one group counts and all %s', (_all, even) => {
    const alike = input(fc.constant(20)).map((what): PackingInput => ({
      ...what,
      classes: what.classes.map((work) => ({ ...even(work, what.classes[0] ?? work), groups: [0] })),
    }));
    fc.assert(
      fc.property(alike, (what) => {
        const sorted = (packing: Packing): readonly number[] =>
          [...packing.startMs].map((atMs) => (Number.isNaN(atMs) ? Infinity : atMs)).toSorted((a, b) => a - b);
        const before = sorted(pack(what));
        const more = sorted(pack({ ...what, free: what.free.map((count) => count + 1) }));
        more.forEach((atMs, index) => expect(atMs).toBeLessThanOrEqual(before[index] ?? Infinity));
      }),
      RUNS,
    );
  });
});
