/**
 * Times and dates as publishers write them, read leniently in form and strictly in sense: what is no date, a placeholder
 * (before 1980: no advisory is older, and Go's records say year 1) or after the moment of reading is null, never a guess.
 */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Longer texts are no dates, and are not looked at. */
const LIMIT_CHARACTERS = 64;
const EARLIEST_MS = Date.UTC(1980, 0, 1);
/** Clocks and time zones of publishers differ: a time of up to a day ahead is believed. */
const AHEAD_LIMIT_MS = 86_400_000;

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?$/i;
const SPOKEN = /^(?:[A-Za-z]{3,9}, )?(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4})(?: (\d{2}):(\d{2})(?::(\d{2}))?)?/;

/**
 * `2026-08-21`, `2026-08-21T17:46:43.6019Z`, `2026-08-21 17:46:43 UTC`, `2026-08-21T00:00:00+0000`, `21 Aug 2026`,
 * `Fri, 21 Aug 2026 17:46:43` as milliseconds since 1970 (UTC where no zone is stated); null: none of these.
 */
function instantMs(text: string): number | null {
  if (text.length > LIMIT_CHARACTERS) return null;
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed);
  if (iso !== null) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso;
    const ms = fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3));
    const at = utcMs(
      Number(year),
      Number(month),
      Number(day),
      [hour, minute, second].map((part) => Number(part ?? 0)),
    );
    return at === null ? null : at + ms - zoneOffsetMs(zone);
  }
  const spoken = SPOKEN.exec(trimmed);
  if (spoken === null) return null;
  const [, day, month, year, hour, minute, second] = spoken;
  const index = MONTHS.indexOf((month ?? '').slice(0, 3).toLowerCase());
  return utcMs(
    Number(year),
    index + 1,
    Number(day),
    [hour, minute, second].map((part) => Number(part ?? 0)),
  );
}

function utcMs(year: number, month: number, day: number, time: readonly number[]): number | null {
  const [hour = 0, minute = 0, second = 0] = time;
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 60) return null;
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC rolls 31 February over into March, and reads the years 0 to 99 as 19xx.
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && year >= 1000 ? at : null;
}

function zoneOffsetMs(zone: string | undefined): number {
  if (zone === undefined || /^[a-z]/i.test(zone)) return 0;
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (digits.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** A moment that has been: ISO 8601 in UTC with milliseconds; null: not a date, a placeholder, or after `now`. */
export function pastMoment(value: unknown, now: Date): string | null {
  if (typeof value !== 'string') return null;
  const at = instantMs(value);
  if (at === null || at < EARLIEST_MS || at > now.getTime() + AHEAD_LIMIT_MS) return null;
  return new Date(at).toISOString();
}

/** A calendar date that has been; null as with `pastMoment`. */
export function pastDay(value: unknown, now: Date): string | null {
  return pastMoment(value, now)?.slice(0, 10) ?? null;
}

/** A calendar date that may lie ahead (end of support, due date), up to the year 2200: after that it is a placeholder. */
export function anyDay(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const at = instantMs(value);
  if (at === null || at < EARLIEST_MS || at >= Date.UTC(2200, 0, 1)) return null;
  return new Date(at).toISOString().slice(0, 10);
}
