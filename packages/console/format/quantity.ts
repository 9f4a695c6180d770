const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export function formatCount(count: number): string {
  return whole.format(count);
}

/** Binary units, three significant places at most: `1.4 MiB`, `412 MiB`; a real minus sign. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const text = value >= 100 || unit === 0 ? whole.format(value) : short.format(value);
  return `${bytes < 0 ? '−' : ''}${text} ${UNITS[unit] ?? ''}`;
}

/** `+1.2 MiB`, `−3 KiB`, `no change`. */
export function formatDelta(bytes: number): string {
  if (bytes === 0) return 'no change';
  return bytes > 0 ? `+${formatBytes(bytes)}` : formatBytes(bytes);
}

/** `1 endpoint`, `2,000 endpoints`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A fraction of days in the unit that says most: `under 1 min`, `12 min`, `3 h`, `2.4 d`. */
export function formatDays(days: number): string {
  const minutes = Math.round(Math.max(0, days) * 24 * 60);
  if (minutes < 1) return 'under 1 min';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 24 ? `${hours} h` : `${short.format(days)} d`;
}
