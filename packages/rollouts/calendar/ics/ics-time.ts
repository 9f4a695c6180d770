/** A date or time as a file writes it: RFC 5545 sections 3.3.4 and 3.3.5. */
export interface IcsTime {
  readonly kind: 'date' | 'utc' | 'local';
  /** What the clock shows, as the Unix milliseconds that it would be in UTC. */
  readonly localMs: number;
  /** null: floating, or no time of day. */
  readonly tzid: string | null;
}

/** A value in the form of jCal (`2026-12-24`, `2026-12-24T22:00:00Z`); null: there is no such date or time. */
export function icsTime(value: unknown, tzid: string | null): IcsTime | null {
  if (typeof value !== 'string') return null;
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(Z?))?$/.exec(value);
  if (match === null) return null;
  const [, date = '', time, utc] = match;
  const iso = `${date}T${time ?? '00:00:00'}.000Z`;
  const localMs = Date.parse(iso);
  if (Number.isNaN(localMs) || new Date(localMs).toISOString() !== iso) return null;
  if (time === undefined) return { kind: 'date', localMs, tzid: null };
  return utc === 'Z' ? { kind: 'utc', localMs, tzid: null } : { kind: 'local', localMs, tzid };
}
