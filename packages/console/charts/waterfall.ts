import type { ExplainedPriority } from '@thimble/protocol';

export interface WaterfallBar {
  readonly name: string;
  readonly kind: 'adds' | 'takes' | 'total';
  /** Where the bar begins, from the left. */
  readonly from: number;
  readonly length: number;
  /** The points with their sign. */
  readonly label: string;
}

/** The steps as bars, each where the sum before it ended, and the score below. The sum is kept within 0 to 100, as the score is. */
export function waterfallOf(steps: ExplainedPriority['steps'], score: number): readonly WaterfallBar[] {
  let sum = 0;
  const bars = steps.map(({ name, points }): WaterfallBar => {
    const before = within(sum);
    sum += points;
    const after = within(sum);
    return {
      name,
      kind: points < 0 ? 'takes' : 'adds',
      from: tenth(Math.min(before, after)),
      length: tenth(Math.abs(after - before)),
      label: signed(points),
    };
  });
  return [...bars, { name: 'score', kind: 'total', from: 0, length: score, label: String(tenth(score)) }];
}

/** `+12.5`, `−10`, `0`. */
export function signed(points: number): string {
  if (points === 0) return '0';
  return `${points < 0 ? '−' : '+'}${tenth(Math.abs(points))}`;
}

function within(sum: number): number {
  return Math.min(100, Math.max(0, sum));
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
