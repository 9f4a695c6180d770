const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `48h` in milliseconds; null when it is no length of time in the words of a policy (see DurationWord). */
export function durationMs(word: string): number | null {
  const match = /^(0|[1-9][0-9]{0,4})([mhdw])$/.exec(word);
  if (match === null) return null;
  const [, digits = '', unit] = match;
  return unit === 'm' || unit === 'h' || unit === 'd' || unit === 'w' ? Number(digits) * UNIT_MS[unit] : null;
}

/** `90m`, `48h`, `3d`: the largest unit in which it is a whole number, and hours up to two days. */
export function durationInWords(ms: number): string {
  const unit = ms % UNIT_MS.d === 0 && ms > 2 * UNIT_MS.d ? 'd' : ms % UNIT_MS.h === 0 && ms >= UNIT_MS.h ? 'h' : 'm';
  return `${Math.ceil(ms / UNIT_MS[unit])}${unit}`;
}
