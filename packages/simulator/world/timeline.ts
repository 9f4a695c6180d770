/** Virtual time: what happens next, in order; nothing ever waits for a clock. */
export interface Timeline {
  /** Unix, milliseconds. */
  readonly nowMs: number;
  /** What is asked for the same moment happens in the order in which it was asked for. A past moment is now. */
  at(atMs: number, act: () => void): void;
  in(delayMs: number, act: () => void): void;
  /** Goes to the next moment. @returns false when nothing is left that happens before `untilMs`. */
  advance(untilMs: number): boolean;
}

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => void;
}

export function createTimeline(startMs: number): Timeline {
  let nowMs = startMs;
  let count = 0;
  const heap: Entry[] = [];

  function at(atMs: number, act: () => void): void {
    count += 1;
    push(heap, { atMs: Math.max(nowMs, atMs), order: count, act });
  }

  return {
    get nowMs() {
      return nowMs;
    },
    at,
    in: (delayMs, act) => at(nowMs + delayMs, act),
    advance(untilMs) {
      const [first] = heap;
      if (first === undefined || first.atMs >= untilMs) {
        nowMs = Math.max(nowMs, untilMs);
        return false;
      }
      pop(heap);
      nowMs = first.atMs;
      first.act();
      return true;
    },
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** A binary heap: the first of all is at the front. */
function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || isBefore(parent, entry)) break;
    heap[at] = parent;
    heap[above] = entry;
    at = above;
  }
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    if (left === undefined) break;
    const [child, below] = right !== undefined && isBefore(right, left) ? [right, 2 * at + 2] : [left, 2 * at + 1];
    if (isBefore(last, child)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
}
