import type { BlackoutCalendar, PolicyDetail, WindowCalendar } from '@thimble/protocol';
import { parseIcs } from '@thimble/rollouts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FakeAgent } from '../../testing.ts';
import { startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';
import { blackoutIntervals } from './blackout-intervals.ts';

const OTHER = '00000000-0000-7000-8000-0000000000aa';
const NOBODY = '00000000-0000-7000-8000-000000000000';
const NOW = new Date('2026-12-20T12:00:00.000Z');
let fleet: TestFleet;
let cookie: string;
let web1: FakeAgent;
beforeAll(async () => {
  fleet = await startTestFleet({ clock: () => NOW, settings: { timeZone: 'Europe/Berlin' } });
  cookie = await fleet.signIn();
  web1 = await fleet.agent('web1');
  await fleet.agent('web2');
  await fleet.call('PUT', `/endpoints/${web1.id}/asset`, { timeZone: 'Asia/Tokyo' });
  await fleet.context.database.pool.query(`insert into organisation (id, name) values ($1, 'Other')`, [OTHER]);
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  const { pool } = fleet.context.database;
  await pool.query('update policy set removed_at = now() where removed_at is null');
  await pool.query('delete from blackout_calendar');
  await pool.query('delete from policy_freeze');
});

const ics = (...events: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...events, 'END:VCALENDAR', ''].join('\r\n');
const event = (uid: string, lines: readonly string[]): string =>
  ['BEGIN:VEVENT', `UID:${uid}`, 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT'].join('\r\n');
const HOLIDAYS = ics(
  event('1', ['SUMMARY:Christmas', 'DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20261227']),
  event('2', ['SUMMARY:Inventory', 'DTSTART:20261230T200000Z', 'DTEND:20261231T040000Z']),
);
const put = (name: string, text: string) => fleet.call('PUT', `/calendars/${name}`, { ics: text });
const raw = async (path: string): Promise<Response> => fetch(`${fleet.url}/api/v1${path}`, { headers: { cookie } });
const list = async (): Promise<BlackoutCalendar[]> =>
  (await fleet.call('GET', '/calendars')).json['items'] as BlackoutCalendar[];
const policy = async (text: string): Promise<PolicyDetail> => {
  const { status, json } = await fleet.call('POST', '/policies', { text });
  expect({ status, detail: json['detail'] }).toEqual({ status: 201 });
  return json as unknown as PolicyDetail;
};
const NIGHTLY =
  'format: 1\nname: nightly\nwindows:\n  - {name: night, on: every day, at: "22:00", lasts: 4h}\nblackouts: [holidays]\n';

describe('PUT /calendars/:name', () => {
  test('200: what lies ahead, whole days in the zone of the server', async () => {
    const { status, json } = await put('holidays', HOLIDAYS);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      name: 'holidays',
      changedBy: 'Administrator',
      eventCount: 2,
      gaps: [],
      next: [
        { summary: 'Christmas', startsAt: '2026-12-23T23:00:00.000Z', endsAt: '2026-12-26T23:00:00.000Z' },
        { summary: 'Inventory', startsAt: '2026-12-30T20:00:00.000Z', endsAt: '2026-12-31T04:00:00.000Z' },
      ],
      usedBy: [],
    });
  });

  test('200: the same name again replaces it, and a removed one stands again', async () => {
    await put('holidays', HOLIDAYS);
    await put('holidays', ics());
    expect(await list()).toMatchObject([{ eventCount: 0 }]);
    await fleet.call('DELETE', '/calendars/holidays');
    expect(await list()).toEqual([]);
    await put('holidays', HOLIDAYS);
    expect(await list()).toMatchObject([{ eventCount: 2 }]);
  });

  test('200: events that nobody can date are said', async () => {
    const { json } = await put('odd', ics(event('1', ['SUMMARY:Moving', 'DTSTART;TZID=Mars/Olympus:20261224T100000'])));
    expect(json).toMatchObject({ eventCount: 0, gaps: [expect.stringContaining('Moving')] });
  });

  test.each([
    ['no calendar at all', 'hello'],
    [
      'a series without end, by the second',
      ics(event('1', ['SUMMARY:x', 'DTSTART:20200101T000000Z', 'DTEND:20200101T000001Z', 'RRULE:FREQ=SECONDLY'])),
    ],
    [
      'a thousand series',
      ics(
        ...Array.from({ length: 5000 }, (_, index) =>
          event(String(index), ['DTSTART:20000101T000000Z', 'DTEND:20000101T010000Z', 'RRULE:FREQ=DAILY']),
        ),
      ),
    ],
    ['components in components', `${'BEGIN:VCALENDAR\r\n'.repeat(10_000)}`],
  ])('422 or a gap, and soon: %s', async (_, text) => {
    const reply = await put('bomb', text);
    if (reply.status === 200) expect(reply.json).toMatchObject({ eventCount: 0, gaps: [expect.any(String)] });
    else expect(reply).toMatchObject({ status: 422, json: { code: 'calendar-invalid', detail: expect.any(String) } });
  });

  test.each([
    ['holidays', {}],
    ['holidays', { ics: '' }],
    ['holidays', { ics: 7 }],
    ['Holidays', { ics: HOLIDAYS }],
    ['..', { ics: HOLIDAYS }],
  ])('400 or 404: %s %j', async (name, body) => {
    const { status } = await fleet.call('PUT', `/calendars/${name}`, body);
    expect([400, 404, 405]).toContain(status);
    expect(await list()).toEqual([]);
  });

  test('413: larger than any calendar', async () => {
    expect(await put('holidays', 'x'.repeat(9 * 1024 * 1024))).toMatchObject({ status: 413 });
  });
});

describe('DELETE /calendars/:name', () => {
  test('409: while a policy names it', async () => {
    await put('holidays', HOLIDAYS);
    await policy(NIGHTLY);
    expect(await list()).toMatchObject([{ usedBy: ['nightly'] }]);
    expect(await fleet.call('DELETE', '/calendars/holidays')).toMatchObject({
      status: 409,
      json: { code: 'calendar-in-use', detail: 'The calendar holidays is named by nightly.' },
    });
  });

  test('404: nobody’s, another organisation’s', async () => {
    await put('holidays', HOLIDAYS);
    await fleet.context.database.pool.query('update blackout_calendar set organisation_id = $1', [OTHER]);
    expect(await fleet.call('DELETE', '/calendars/holidays')).toMatchObject({ status: 404 });
    expect((await raw('/calendars/holidays/ics')).status).toBe(404);
    expect(await list()).toEqual([]);
  });
});

test('GET /calendars/:name/ics: as it was imported', async () => {
  await put('holidays', HOLIDAYS);
  const reply = await raw('/calendars/holidays/ics');
  expect(reply.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
  expect(await reply.text()).toBe(HOLIDAYS);
});

describe('blackouts', () => {
  const range = { startMs: Date.parse('2026-12-25T00:00:00Z'), endMs: Date.parse('2026-12-31T00:00:00Z') };
  const blackouts = (names: readonly string[], organisation = fleet.context.defaultOrganisationId) =>
    blackoutIntervals(fleet.context.database.kysely, organisation, names, range, 'Europe/Berlin');

  test('are those of the calendars that are asked for, in order', async () => {
    await put('holidays', HOLIDAYS);
    await put('more', ics(event('1', ['SUMMARY:x', 'DTSTART:20261227T100000Z', 'DTEND:20261227T110000Z'])));
    const found = await blackouts(['holidays', 'more']);
    expect(found.map(({ calendar, startMs }) => [calendar, new Date(startMs).toISOString()])).toEqual([
      ['holidays', '2026-12-23T23:00:00.000Z'],
      ['more', '2026-12-27T10:00:00.000Z'],
      ['holidays', '2026-12-30T20:00:00.000Z'],
    ]);
    expect(await blackouts([])).toEqual([]);
  });

  test('of a calendar that is not there, or is another organisation’s, are the whole time', async () => {
    expect(await blackouts(['gone'])).toEqual([{ ...range, calendar: 'gone (it is not there any more)' }]);
    await put('holidays', HOLIDAYS);
    expect(await blackouts(['holidays'], OTHER)).toMatchObject([range]);
  });

  test('of a calendar that was removed under a running rollout are the whole time', async () => {
    await put('holidays', HOLIDAYS);
    await fleet.call('DELETE', '/calendars/holidays');
    expect(await blackouts(['holidays'])).toMatchObject([range]);
  });

  test('take away from when a policy’s next window opens', async () => {
    await put('holidays', ics(event('1', ['SUMMARY:x', 'DTSTART;VALUE=DATE:20261220', 'DTEND;VALUE=DATE:20261228'])));
    const { summary, effect } = await policy(NIGHTLY.replace('lasts: 4h', 'lasts: 4h, timeZone: Europe/Berlin'));
    expect(summary.nextWindowAt).toBe('2026-12-27T23:00:00.000Z');
    expect(effect.nextWindows).toMatchObject([
      { startsAt: '2026-12-27T23:00:00.000Z', endsAt: '2026-12-28T01:00:00.000Z' },
    ]);
  });
});

describe('GET /windows', () => {
  const windows = async (query = ''): Promise<WindowCalendar> => {
    const { status, json } = await fleet.call('GET', `/windows${query}`);
    expect(status).toBe(200);
    return json as unknown as WindowCalendar;
  };
  const DAY = '?from=2026-12-24T00:00:00.000Z&to=2026-12-25T00:00:00.000Z';

  test('200: windows in each zone of their endpoints, blackouts and freezes', async () => {
    await put('holidays', HOLIDAYS);
    const { summary } = await policy(NIGHTLY);
    await fleet.call('POST', '/freezes', { reason: 'audit', scope: { hostnames: ['web1'] } });
    const { items, truncated } = await windows(DAY);
    expect(truncated).toBe(false);
    expect(
      items.map(({ kind, name, timeZone, startsAt, endpointCount }) => [kind, name, timeZone, startsAt, endpointCount]),
    ).toEqual(
      [
        ['blackout', 'holidays: Christmas', 'Europe/Berlin', '2026-12-23T23:00:00.000Z', 2],
        ['window', 'night', 'Europe/Berlin', '2026-12-23T21:00:00.000Z', 1],
        ['freeze', 'endpoints called web1: audit', 'Europe/Berlin', '2026-12-24T00:00:00.000Z', 1],
        ['window', 'night', 'Asia/Tokyo', '2026-12-24T13:00:00.000Z', 1],
        ['window', 'night', 'Europe/Berlin', '2026-12-24T21:00:00.000Z', 1],
      ].sort((a, b) => (String(a[3]) < String(b[3]) ? -1 : 1)),
    );
    expect(items.find(({ kind }) => kind === 'window')?.policy).toEqual({ id: summary.id, name: 'nightly' });
  });

  test('200: of one policy alone; of nobody’s nothing', async () => {
    await put('holidays', HOLIDAYS);
    const { summary } = await policy(NIGHTLY);
    await policy('format: 1\nname: other\nwindows: [{name: noon, on: every day, at: "12:00", lasts: 1h}]\n');
    const one = await windows(`${DAY}&policyId=${summary.id}`);
    expect(new Set(one.items.filter(({ kind }) => kind === 'window').map(({ name }) => name))).toEqual(
      new Set(['night']),
    );
    expect((await windows(`${DAY}&policyId=${NOBODY}`)).items).toEqual([]);
  });

  test('200: a month from now on when nothing is said', async () => {
    expect(await windows()).toMatchObject({ from: NOW.toISOString(), to: '2027-01-20T12:00:00.000Z' });
  });

  test.each([
    '?from=2026-12-24T00:00:00.000Z&to=2026-12-24T00:00:00.000Z',
    '?from=2026-12-24T00:00:00.000Z&to=2027-12-24T00:00:00.000Z',
    '?from=2026-13-24T00:00:00.000Z',
  ])('422: %s', async (query) => {
    expect(await fleet.call('GET', `/windows${query}`)).toMatchObject({ status: 422, json: { code: 'bad-range' } });
  });

  test.each(['?from=now', '?policyId=x'])('400: %s', async (query) => {
    expect(await fleet.call('GET', `/windows${query}`)).toMatchObject({ status: 400 });
  });

  test('as a file it has the same events', async () => {
    await put('holidays', HOLIDAYS);
    await policy(NIGHTLY);
    const reply = await raw(`/windows/ics${DAY}`);
    expect(reply.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    const { items } = await windows(DAY);
    const read = parseIcs(await reply.text(), { startMs: 0, endMs: Date.parse('2030-01-01T00:00:00Z') }, 'UTC');
    expect(read).toMatchObject({ ok: true, gaps: [] });
    if (!read.ok) return;
    expect(read.events.map(({ startMs }) => new Date(startMs).toISOString())).toEqual(
      items.map(({ startsAt }) => startsAt),
    );
    expect(read.events.map(({ summary }) => summary)).toContain('nightly: window night (Asia/Tokyo)');
  });
});
