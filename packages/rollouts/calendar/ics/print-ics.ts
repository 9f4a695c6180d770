import ICAL from 'ical.js';
import type { CalendarEvent } from './parse-ics.ts';

/** Events as an iCalendar file (RFC 5545) in UTC, to the second. `stampMs`: when the file is made; the same events have the same UIDs in every file. */
export function printIcs(name: string, events: readonly CalendarEvent[], stampMs: number): string {
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', '-//Thimble//Thimble//EN');
  // RFC 7986 section 5.1, and what programs used before it.
  calendar.addPropertyWithValue('name', printable(name));
  calendar.addPropertyWithValue('x-wr-calname', printable(name));
  const known = new Map<string, number>();
  for (const { startMs, endMs, summary } of events) {
    const start = utc(startMs);
    const end = utc(Math.ceil(endMs / 1000) * 1000);
    const id = `${start.toICALString()}-${end.toICALString()}`;
    const times = (known.get(id) ?? 0) + 1;
    known.set(id, times);
    const event = new ICAL.Component('vevent');
    event.addPropertyWithValue('uid', `${id}-${times}@thimble`);
    event.addPropertyWithValue('dtstamp', utc(stampMs));
    event.addPropertyWithValue('dtstart', start);
    event.addPropertyWithValue('dtend', end);
    event.addPropertyWithValue('summary', printable(summary));
    calendar.addSubcomponent(event);
  }
  return `${calendar.toString()}\r\n`;
}

function utc(ms: number): ICAL.Time {
  return ICAL.Time.fromJSDate(new Date(ms), true);
}

/** RFC 5545 section 3.1: no control characters in a text. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
