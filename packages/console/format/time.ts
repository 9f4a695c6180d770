const SECOND_MS = 1000;
const STEPS = [
  ['year', 365 * 86_400 * SECOND_MS],
  ['month', 30 * 86_400 * SECOND_MS],
  ['day', 86_400 * SECOND_MS],
  ['hour', 3600 * SECOND_MS],
  ['minute', 60 * SECOND_MS],
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** `just now`, `5 minutes ago`, `yesterday`, `in 6 days`. */
export function formatAgo(timestamp: string, nowMs: number): string {
  const differenceMs = Date.parse(timestamp) - nowMs;
  if (!Number.isFinite(differenceMs)) return 'unknown';
  for (const [unit, sizeMs] of STEPS) {
    if (Math.abs(differenceMs) >= sizeMs) return relative.format(Math.trunc(differenceMs / sizeMs), unit);
  }
  return 'just now';
}

/** `2026-05-03 14:07` in the reader's time zone: unambiguous, and it sorts. */
export function formatMoment(timestamp: string): string {
  const date = new Date(timestamp);
  if (Number.isNaN(date.getTime())) return 'unknown';
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `64 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / SECOND_MS));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
