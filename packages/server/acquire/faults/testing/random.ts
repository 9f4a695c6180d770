export interface Random {
  /** From 0 to below the limit. */
  readonly below: (limit: number) => number;
  readonly pick: <T>(values: readonly [T, ...T[]] | readonly T[]) => T;
  readonly bytes: (size: number) => Buffer;
}

/** Numbers that are the same for the same seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    below: (limit) => next() % limit,
    pick: (values) => {
      const value = values[next() % values.length];
      if (value === undefined) throw new RangeError('there is nothing to pick from');
      return value;
    },
    bytes: (size) => {
      const bytes = Buffer.alloc(Math.ceil(size / 4) * 4);
      for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(next(), at);
      return bytes.subarray(0, size);
    },
  };
}
