/** A seeded source of numbers: the same seed gives the same pairs on every machine, so that a recording needs answers only. */
export interface Random {
  /** An integer from 0 to `below` - 1. */
  below(below: number): number;
  /** True in `percent` of a hundred draws. */
  chance(percent: number): boolean;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** A run of digits without an upper bound on its value, zeros in front included. */
  digits(lengthMax: number): string;
  /** 0 to `lengthMax` signs of an alphabet. */
  soup(alphabet: string, lengthMax: number): string;
}

/** mulberry32: 32 bits of state are plenty for vectors, and the arithmetic is exact in JavaScript. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => next() % limit;
  const soup = (alphabet: string, lengthMax: number): string => {
    let text = '';
    for (let left = below(lengthMax + 1); left > 0; left -= 1) text += alphabet.charAt(below(alphabet.length));
    return text;
  };
  return {
    below,
    soup,
    chance: (percent) => below(100) < percent,
    pick: ([first, ...others]) => {
      const index = below(others.length + 1);
      return index === 0 ? first : (others[index - 1] ?? first);
    },
    digits: (lengthMax) => String(below(10)) + soup('0123456789', lengthMax - 1),
  };
}
