/** One measured ratio. `ours` and `peer` are medians in the same unit, taken in the same run, in turns. */
export interface Figure {
  readonly bench: string;
  readonly metric: string;
  readonly unit: string;
  readonly ours: number;
  /** What it is compared with: a peer's value or a limit; null when the peer is not to be had here, and why. */
  readonly peer: number | null;
  readonly peerName: string;
  /** `at-most`: ours / peer shall be at most `aim`; `at-least`: at least. */
  readonly aim: { readonly kind: 'at-most' | 'at-least'; readonly ratio: number };
  readonly note?: string;
}

/** ours / peer; null without a peer. */
export function ratioOf({ ours, peer }: Figure): number | null {
  if (peer === null) return null;
  if (peer === 0) return ours === 0 ? 1 : Infinity;
  return ours / peer;
}

/** null: not known, because there is no peer. */
export function meetsAim(figure: Figure): boolean | null {
  const { kind, ratio: aim } = figure.aim;
  const ratio = ratioOf(figure);
  if (ratio === null) return null;
  return kind === 'at-most' ? ratio <= aim : ratio >= aim;
}

/** One line of `--json`. */
export function figureJson(figure: Figure): string {
  const { bench, metric, ours, peer, aim, unit, peerName, note } = figure;
  const ratio = ratioOf(figure);
  const finite = ratio !== null && Number.isFinite(ratio) ? Number(ratio.toFixed(3)) : null;
  return JSON.stringify({
    bench,
    metric,
    ours: round(ours),
    peer: peer === null ? null : round(peer),
    ratio: finite,
    aim: `${aim.kind === 'at-most' ? '<=' : '>='} ${aim.ratio}`,
    met: meetsAim(figure),
    unit,
    peerName,
    ...(note === undefined ? {} : { note }),
  });
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError('no values');
  const lower = sorted[middle - 1];
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}
