import { createHeap, type Heap } from './heap.ts';
import { nextOpening, type Opening } from './openings.ts';

/** Work that differs in nothing but who does it. */
export interface WorkClass {
  readonly openings: readonly Opening[];
  readonly notBeforeMs: number;
  readonly durationMs: number;
  /** Of each it takes one place for as long as it lasts. */
  readonly groups: readonly number[];
  /** A place that it keeps for another time than it lasts: the distance between two reboots; null: none. */
  readonly spacing: { readonly group: number; readonly forMs: number } | null;
}

export interface PackingInput {
  readonly fromMs: number;
  /** Nothing is looked for after it. */
  readonly untilMs: number;
  readonly classes: readonly WorkClass[];
  /** The class of each piece of work, the most urgent first. */
  readonly classOf: Int32Array;
  /** Free places of each group now. */
  readonly free: Float64Array;
  /** Places that become free again because what is under way ends. */
  readonly releases: readonly { readonly group: number; readonly atMs: number }[];
  readonly latestStartMs: (windowEndMs: number, durationMs: number) => number;
}

export interface Packing {
  /** When each piece begins; NaN: never within the horizon. */
  readonly startMs: Float64Array;
  /** Index of the opening of its class in which it begins. */
  readonly opening: Int32Array;
  /** For each class the group without which one more would begin at once; -1: none, its windows are not open. */
  readonly heldBy: Int32Array;
}

/**
 * List scheduling (Graham 1966) by events in time: whenever a window opens or a place becomes free, the most urgent work that may
 * begin then and ends in its window begins. Work that has to wait for a place is parked at the group that has none, so that nobody is
 * looked at again for nothing: n pieces in c classes take about n·log c.
 */
export function pack(input: PackingInput): Packing {
  const { classes, classOf, fromMs, untilMs } = input;
  const floor = createFloor(input);
  const events = createHeap();
  const { doors, doorOf } = doorsOf(classes);
  doors.forEach(({ openings, notBeforeMs }, door) => {
    const first = nextOpening(openings, Math.max(fromMs, notBeforeMs));
    const opening = openings[first];
    floor.cursor[door] = first;
    if (opening !== undefined) events.push(Math.max(opening.startMs, fromMs, notBeforeMs), door);
  });
  const releaseOf = doors.length;
  const freeOne = doors.length + classes.length;
  for (const { group, atMs } of input.releases) events.push(Math.max(atMs, fromMs), freeOne + group);

  const heldBy = new Int32Array(classes.length).fill(-1);
  let begun = 0;
  const begin = (nowMs: number, index: number): void => {
    const work = classes[index];
    if (work === undefined) return;
    begun++;
    events.push(nowMs + work.durationMs, releaseOf + index);
    if (work.spacing !== null) events.push(nowMs + work.spacing.forMs, freeOne + work.spacing.group);
  };
  for (;;) {
    const nowMs = events.firstKey();
    if (begun === classOf.length || nowMs > untilMs || nowMs === Infinity) break;
    while (events.firstKey() === nowMs) {
      const event = events.pop();
      const door = doors[event];
      if (event >= freeOne) floor.free(event - freeOne);
      else if (event >= releaseOf) for (const group of classes[event - releaseOf]?.groups ?? []) floor.free(group);
      else if (door !== undefined) {
        const following = door.openings[floor.open(event, door)];
        if (following !== undefined) events.push(following.startMs, event);
      }
    }
    floor.settle(nowMs, doorOf, begin);
    if (nowMs === fromMs) heldBy.set(floor.heldBy);
  }
  return { startMs: floor.startMs, opening: floor.opening, heldBy };
}

interface Door {
  readonly openings: readonly Opening[];
  readonly notBeforeMs: number;
  readonly classes: number[];
}

/** Classes with the same openings come in by the same door. */
function doorsOf(classes: readonly WorkClass[]): { readonly doors: readonly Door[]; readonly doorOf: Int32Array } {
  const doors: Door[] = [];
  const doorOf = new Int32Array(classes.length);
  const known = new Map<readonly Opening[], Map<number, number>>();
  classes.forEach(({ openings, notBeforeMs }, index) => {
    const byTime = known.get(openings) ?? new Map<number, number>();
    known.set(openings, byTime);
    const door = byTime.get(notBeforeMs) ?? doors.push({ openings, notBeforeMs, classes: [] }) - 1;
    byTime.set(notBeforeMs, door);
    doors[door]?.classes.push(index);
    doorOf[index] = door;
  });
  return { doors, doorOf };
}

const IDLE = 0;
const READY = 1;
const PARKED = 2;

interface Floor {
  readonly startMs: Float64Array;
  readonly opening: Int32Array;
  readonly heldBy: Int32Array;
  readonly cursor: Int32Array;
  /** Lets the classes of a door in; the index of its opening after this one. */
  readonly open: (index: number, door: Door) => number;
  readonly free: (group: number) => void;
  /** Begins what can begin now. */
  readonly settle: (nowMs: number, doorOf: Int32Array, begin: (nowMs: number, index: number) => void) => void;
}

/** Who is where at one moment: queues of the classes, those that are ready, and those that are parked at a group. */
function createFloor({ classes, classOf, free, latestStartMs }: PackingInput): Floor {
  const places = free.slice();
  const { head, next } = queuesOf(classOf, classes.length);
  const state = new Uint8Array(classes.length);
  const heldBy = new Int32Array(classes.length).fill(-1);
  const endMs = new Map<number, number>();
  const cursor = new Int32Array(classes.length);
  const current = new Int32Array(classes.length);
  const ready = createHeap();
  const parked = new Map<number, Heap>();
  const freed = new Set<number>();
  const startMs = new Float64Array(classOf.length).fill(Number.NaN);
  const opening = new Int32Array(classOf.length).fill(-1);

  const line = (index: number): void => {
    const first = head[index] ?? -1;
    if (first < 0 || state[index] !== IDLE) return;
    state[index] = READY;
    ready.push(first, index);
  };
  const park = (index: number, group: number): void => {
    const there = parked.get(group) ?? createHeap();
    parked.set(group, there);
    there.push(head[index] ?? 0, index);
    state[index] = PARKED;
    heldBy[index] = group;
  };
  const attempt = (nowMs: number, index: number, door: number, work: WorkClass): boolean => {
    state[index] = IDLE;
    heldBy[index] = -1;
    if (nowMs > latestStartMs(endMs.get(door) ?? -Infinity, work.durationMs)) return false;
    const missing = missingPlace(work, places);
    if (missing >= 0) {
      park(index, missing);
      return false;
    }
    for (const group of work.groups) places[group] = (places[group] ?? 0) - 1;
    if (work.spacing !== null) places[work.spacing.group] = (places[work.spacing.group] ?? 0) - 1;
    const first = head[index] ?? -1;
    startMs[first] = nowMs;
    opening[first] = current[door] ?? -1;
    head[index] = next[first] ?? -1;
    return true;
  };

  return {
    startMs,
    opening,
    heldBy,
    cursor,
    open: (index, { openings, classes: inside }) => {
      const now = cursor[index] ?? 0;
      current[index] = now;
      cursor[index] = now + 1;
      endMs.set(index, openings[now]?.endMs ?? -Infinity);
      for (const each of inside) line(each);
      return now + 1;
    },
    free: (group) => {
      places[group] = (places[group] ?? 0) + 1;
      if (parked.has(group)) freed.add(group);
    },
    settle: (nowMs, doorOf, begin) => {
      for (;;) {
        while (ready.size() > 0) {
          const index = ready.pop();
          const work = classes[index];
          if (work === undefined || !attempt(nowMs, index, doorOf[index] ?? -1, work)) continue;
          begin(nowMs, index);
          line(index);
        }
        // One at a time from each group that has a place: the next may be missing a place elsewhere.
        for (const group of freed) {
          const index = (places[group] ?? 0) > 0 ? (parked.get(group)?.pop() ?? -1) : -1;
          if (index < 0) {
            freed.delete(group);
            continue;
          }
          state[index] = IDLE;
          line(index);
        }
        if (ready.size() === 0) return;
      }
    },
  };
}

function missingPlace({ groups, spacing }: WorkClass, places: Float64Array): number {
  for (const group of groups) if ((places[group] ?? 0) <= 0) return group;
  return spacing !== null && (places[spacing.group] ?? 0) <= 0 ? spacing.group : -1;
}

/** The work of each class, as lists through `next`; -1 ends them. */
function queuesOf(classOf: Int32Array, classCount: number): { readonly head: Int32Array; readonly next: Int32Array } {
  const head = new Int32Array(classCount).fill(-1);
  const next = new Int32Array(classOf.length).fill(-1);
  for (let index = classOf.length - 1; index >= 0; index--) {
    const each = classOf[index] ?? 0;
    next[index] = head[each] ?? -1;
    head[each] = index;
  }
  return { head, next };
}
