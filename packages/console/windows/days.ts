import type { WindowCalendar } from '@thimble/protocol';
import { dayOf } from '../format/day.ts';

type Item = WindowCalendar['items'][number];

/** What lies on one day: the same window in several time zones is one. */
export interface Entry {
  readonly kind: Item['kind'];
  readonly name: string;
  readonly policy: Item['policy'];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly timeZones: readonly string[];
  readonly plannedCount: number;
  readonly endpointCount: number;
}

export interface Day {
  /** In the reader's time zone, such as 2026-03-01. */
  readonly day: string;
  readonly entries: readonly Entry[];
}

const KIND_ORDER: readonly Item['kind'][] = ['freeze', 'blackout', 'window'];

/** So many days from `firstDay` on, in the reader's time zone. A window is on the day on which it begins, all else on each day that it touches. */
export function daysOf(items: readonly Item[], firstDay: string, count: number): readonly Day[] {
  return Array.from({ length: count }, (_, index) => {
    const startMs = startOfDay(firstDay, index);
    const endMs = startOfDay(firstDay, index + 1);
    const within = items.filter((item) => {
      const begins = Date.parse(item.startsAt);
      return item.kind === 'window'
        ? begins >= startMs && begins < endMs
        : begins < endMs && Date.parse(item.endsAt) > startMs;
    });
    return { day: dayOf(startMs), entries: merged(within) };
  });
}

/** Days of the calendar, not of 24 hours. */
export function startOfDay(day: string, plusDays: number): number {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + plusDays);
  return date.getTime();
}

/** The Monday on or before the day. */
export function mondayOf(ms: number): string {
  const date = new Date(ms);
  date.setHours(0, 0, 0, 0);
  date.setDate(date.getDate() - ((date.getDay() + 6) % 7));
  return dayOf(date.getTime());
}

function merged(items: readonly Item[]): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const item of items) {
    const key = `${item.kind} ${item.policy?.id ?? ''} ${item.name}`;
    const before = entries.get(key);
    entries.set(key, before === undefined ? { ...item, timeZones: [item.timeZone] } : joined(before, item));
  }
  return [...entries.values()].sort(
    (a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || (a.startsAt < b.startsAt ? -1 : 1),
  );
}

function joined(entry: Entry, item: Item): Entry {
  return {
    ...entry,
    startsAt: entry.startsAt < item.startsAt ? entry.startsAt : item.startsAt,
    endsAt: entry.endsAt > item.endsAt ? entry.endsAt : item.endsAt,
    timeZones: entry.timeZones.includes(item.timeZone) ? entry.timeZones : [...entry.timeZones, item.timeZone],
    plannedCount: entry.plannedCount + item.plannedCount,
    endpointCount: entry.endpointCount + item.endpointCount,
  };
}
