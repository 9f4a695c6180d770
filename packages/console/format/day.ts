/** Whether a day such as `2026-03-01` is over, everywhere on the earth's calendar of UTC. What is no day is never overdue. */
export function isPast(day: string, nowMs: number): boolean {
  const endMs = Date.parse(`${day}T23:59:59.999Z`);
  return Number.isFinite(endMs) && endMs < nowMs;
}

/** The day's last moment in the reader's time zone as ISO 8601; undefined: no such day. */
export function endOfDay(day: string): string | undefined {
  const date = new Date(`${day}T23:59:59.999`);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** The reader's own day, such as `2026-03-01`, as date inputs want it. */
export function dayOf(moment: number): string {
  const date = new Date(moment);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
