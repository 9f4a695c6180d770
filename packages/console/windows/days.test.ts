import type { WindowCalendar } from '@thimble/protocol';
import { describe, expect, test } from 'vitest';
import { daysOf, mondayOf, startOfDay } from './days.ts';

type Item = WindowCalendar['items'][number];

const iso = (local: string): string => new Date(local).toISOString();
const item = (changes: Partial<Item>): Item => ({
  kind: 'window',
  name: 'night',
  policy: { id: '00000000-0000-4000-a000-000000000001', name: 'weekly' },
  timeZone: 'UTC',
  startsAt: iso('2026-03-02T22:00:00'),
  endsAt: iso('2026-03-03T04:00:00'),
  plannedCount: 1,
  endpointCount: 10,
  ...changes,
});
const names = (items: readonly Item[]): readonly string[] =>
  daysOf(items, '2026-03-02', 3).map(({ day, entries }) => `${day} ${entries.map(({ name }) => name).join(',')}`);

describe('on which days something is shown', () => {
  test('a window: on the day on which it begins', () => {
    expect(names([item({})])).toEqual(['2026-03-02 night', '2026-03-03 ', '2026-03-04 ']);
  });

  test('a freeze: on each day that it touches, before the windows', () => {
    const freeze = item({
      kind: 'freeze',
      name: 'fair',
      startsAt: iso('2026-03-01T12:00:00'),
      endsAt: iso('2026-03-03T00:00:00'),
    });
    expect(names([item({}), freeze])).toEqual(['2026-03-02 fair,night', '2026-03-03 ', '2026-03-04 ']);
  });
});

test('one window in several zones is one entry with all its endpoints', () => {
  const [first] = daysOf(
    [item({}), item({ timeZone: 'Asia/Tokyo', startsAt: iso('2026-03-02T14:00:00'), plannedCount: 2 })],
    '2026-03-02',
    1,
  );
  expect(first?.entries).toEqual([
    {
      ...item({}),
      startsAt: iso('2026-03-02T14:00:00'),
      timeZones: ['UTC', 'Asia/Tokyo'],
      plannedCount: 3,
      endpointCount: 20,
      timeZone: 'UTC',
    },
  ]);
});

test('weeks begin on Monday', () => {
  for (let day = 2; day <= 8; day += 1) expect(mondayOf(startOfDay(`2026-03-0${day}`, 0))).toBe('2026-03-02');
});

test('a day after a change of the clock is still the next day', () => {
  expect(daysOf([], '2026-03-28', 3).map(({ day }) => day)).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
});
