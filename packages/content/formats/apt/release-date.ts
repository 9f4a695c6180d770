const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const PATTERN =
  /^(?:[A-Z][a-z]{2}, +)?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{1,2}):(\d{2}):(\d{2}) (UTC|GMT|Z|[+-]\d{4})$/;

/** `Date` and `Valid-Until` of a Release file (RFC 1123, DebianRepository/Format); null: not such a date. */
export function releaseDate(text: string): Date | null {
  const [, day, month = '', year, hour, minute, second, zone = ''] = PATTERN.exec(text) ?? [];
  const index = MONTHS.indexOf(month);
  if (index === -1) return null;
  const utcMs = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second));
  const date = new Date(utcMs - offsetMinutes(zone) * 60_000);
  // Date.UTC takes 31 February for 3 March.
  return Number.isNaN(date.getTime()) || new Date(utcMs).getUTCDate() !== Number(day) ? null : date;
}

function offsetMinutes(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2})(\d{2})$/.exec(zone) ?? [];
  return (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === '-' ? -1 : 1);
}
