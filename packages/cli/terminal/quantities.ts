/** Bytes for people, decimal units as apt prints them: `12.3 MB`. A leading minus is kept. */
export function formatBytes(bytes: number): string {
  const size = Math.abs(bytes);
  const sign = bytes < 0 ? '-' : '';
  if (size < 1000) return `${sign}${size} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = size / 1000;
  let unit = 0;
  // 999.95 would be printed as 1000.0: it belongs to the next unit already.
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${sign}${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** A time span for people: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `5 d 3 h`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, durationMs) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 86_400) return pair(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
  return pair(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3600), 'h');
}

/** `3 min ago`, `just now`, `in 2 h`; `never` for null. */
export function formatAgo(timestamp: string | null, nowMs: number): string {
  if (timestamp === null) return 'never';
  const age = nowMs - Date.parse(timestamp);
  if (Math.abs(age) < 5000) return 'just now';
  const [main = ''] = /^[\d.]+ \w+/.exec(formatDuration(Math.abs(age))) ?? [];
  return age > 0 ? `${main} ago` : `in ${main}`;
}

/** `1 package`, `3 packages`; irregular plurals are given. */
export function plural(count: number, noun: string, several = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : several}`;
}

/** `a`, `a and b`, `a, b and c`; after `most` names `a, b and 7 more`. */
export function listing(names: readonly string[], most = Number.POSITIVE_INFINITY): string {
  const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : names;
  if (shown.length < 2) return shown.join('');
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
