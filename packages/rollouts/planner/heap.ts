/** Numbers, smallest key first. Of equal keys any comes first. */
export interface Heap {
  readonly size: () => number;
  readonly push: (key: number, value: number) => void;
  /** Infinity: it is empty. */
  readonly firstKey: () => number;
  /** The value with the smallest key; -1: it is empty. */
  readonly pop: () => number;
}

/** A binary heap (Williams 1964) on two plain arrays: no object for any entry, as there are as many as endpoints. */
export function createHeap(): Heap {
  const keys: number[] = [];
  const values: number[] = [];
  const at = (index: number): number => keys[index] ?? Infinity;

  return {
    size: () => keys.length,
    firstKey: () => at(0),
    push: (key, value) => {
      let index = keys.length;
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if (at(parent) <= key) break;
        keys[index] = at(parent);
        values[index] = values[parent] ?? -1;
        index = parent;
      }
      keys[index] = key;
      values[index] = value;
    },
    pop: () => {
      const first = values[0] ?? -1;
      const key = keys.pop();
      const value = values.pop();
      if (key === undefined || value === undefined || keys.length === 0) return first;
      let index = 0;
      for (;;) {
        let child = 2 * index + 1;
        if (child >= keys.length) break;
        if (child + 1 < keys.length && at(child + 1) < at(child)) child++;
        if (at(child) >= key) break;
        keys[index] = at(child);
        values[index] = values[child] ?? -1;
        index = child;
      }
      keys[index] = key;
      values[index] = value;
      return first;
    },
  };
}
