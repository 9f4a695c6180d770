/** How many lines an axis has at most, above that of nothing. */
const LINES = 4;
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500] as const;

/** Lines at round numbers of binary units, where an axis of powers of ten would read 9.3 GiB, 18.6 GiB. */
export function byteAxis(highest: number): { readonly interval: number; readonly max: number } {
  let unit = 1;
  for (;;) {
    for (const step of STEPS) {
      const interval = step * unit;
      if (interval * LINES >= highest) return { interval, max: Math.max(1, Math.ceil(highest / interval)) * interval };
    }
    unit *= 1024;
  }
}
