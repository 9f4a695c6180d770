import { createHash } from 'node:crypto';
import type { Host } from '../host.ts';
import { field, stanzas } from '../deb822.ts';
import { READ_LIMITS } from './limits.ts';

/** What an InRelease or Release file says of itself, DebianRepository/Format. */
export interface ReleaseFile {
  readonly path: string;
  readonly sha256: string;
  readonly date: string | null;
  readonly validUntil: string | null;
  /** Its versions are never candidates by themselves (backports). */
  readonly notAutomatic: boolean;
}

export async function readReleaseFile(host: Host, path: string): Promise<ReleaseFile | null> {
  const data = await host.readFile(path, { maxBytes: READ_LIMITS.releaseFileBytes });
  if (data === null) return null;
  return { path, sha256: createHash('sha256').update(data).digest('hex'), ...parseRelease(data.toString('latin1')) };
}

/** The stanza with a Date: an InRelease has the signature's armour around it. */
export function parseRelease(text: string): Pick<ReleaseFile, 'date' | 'validUntil' | 'notAutomatic'> {
  for (const stanza of stanzas(text)) {
    const date = field(stanza, 'Date');
    if (date === null) continue;
    return {
      date: parseReleaseDate(date),
      validUntil: parseReleaseDate(field(stanza, 'Valid-Until') ?? ''),
      notAutomatic: field(stanza, 'NotAutomatic') === 'yes',
    };
  }
  return { date: null, validUntil: null, notAutomatic: false };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 1123 with a zone of `UTC`, `GMT`, `Z` or an offset, to ISO 8601; anything else is not a date. */
export function parseReleaseDate(text: string): string | null {
  const match =
    /^(?:[A-Z][a-z]{2}, )?\s?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{1,2}):(\d{2}):(\d{2}) (UTC|GMT|Z|[+-]\d{4})$/.exec(
      text,
    );
  if (match === null) return null;
  const [, day, month, year, hour, minute, second, zone = 'UTC'] = match;
  const index = MONTHS.indexOf(month ?? '');
  if (index === -1) return null;
  const utcMs = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second));
  const offset = /^([+-])(\d{2})(\d{2})$/.exec(zone);
  const offsetMinutes =
    offset === null ? 0 : (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === '-' ? -1 : 1);
  const date = new Date(utcMs - offsetMinutes * 60_000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
