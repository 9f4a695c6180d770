const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * A curve in one line of block characters, from zero to the highest value; wider curves are thinned out by their maxima, so that no
 * peak is lost.
 */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.length <= width ? values : maxima(values, width);
  const top = Math.max(...shown, 0);
  return shown.map((value) => (top === 0 || value <= 0 ? BARS[0] : bar(value / top))).join('');
}

function bar(share: number): string {
  return BARS[Math.min(BARS.length - 1, Math.ceil(share * (BARS.length - 1)))] ?? BARS[0];
}

function maxima(values: readonly number[], width: number): readonly number[] {
  return Array.from({ length: width }, (_, index) =>
    Math.max(
      ...values.slice(Math.floor((index * values.length) / width), Math.floor(((index + 1) * values.length) / width)),
    ),
  );
}
