import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  BlackoutCalendarList,
  Freeze,
  FreezeList,
  PolicyDetail,
  PolicyList,
  PolicyValidation,
  PolicyVersion,
  WindowCalendar,
} from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../exit-codes.ts';
import { type CommandedFleet, startCommandedFleet } from '../../testing/fleet.ts';

const POLICY = `# ours
format: 1
name: nightly
windows:
  - {name: night, on: every day, at: "22:00", lasts: 6h, timeZone: UTC}
rings:
  - {name: first, members: {filter: {labels: {ring: canary}}}, soak: 1h}
  - {name: others, members: rest}
`;
/** Calendars are looked at for some years only. */
const SOON = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
const HOLIDAYS = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//test//EN',
  'BEGIN:VEVENT',
  'UID:1@example',
  'DTSTAMP:20260101T000000Z',
  `DTSTART:${SOON}T000000Z`,
  'DURATION:P3D',
  'SUMMARY:Holidays',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');

let fleet: CommandedFleet;
let directory: string;
const file = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'thimble-policies-'));
  fleet = await startCommandedFleet();
  await fleet.agent('alpha');
  await fleet.agent('beta');
});
afterAll(async () => {
  await fleet.server.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('thimble endpoints label', () => {
  it('sorts some endpoints, and those with the label can be listed', async () => {
    const { stderr, code } = await fleet.run(['endpoints', 'label', 'alpha', '--set', 'ring=canary', '--group', 'web']);
    expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '1 endpoint of 1 changed.' });
    const { stdout } = await fleet.run(['endpoints', 'list', '--label', 'ring=canary']);
    expect(stdout).toContain('alpha');
    expect(stdout).not.toContain('beta');
  });

  it.each([
    [['endpoints', 'label', 'alpha'], /nothing is to be changed/],
    [['endpoints', 'label', 'alpha', '--set', 'ring'], /"ring" is no label/],
    [['endpoints', 'label', '--set', 'ring=canary'], /not said which endpoints/],
  ])('%j is wrong usage', async (argv, message) => {
    const { code, stderr } = await fleet.run(argv);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toMatch(message);
  });
});

describe('thimble policies', () => {
  it('says that there is none, what there is to start from, and who is left alone', async () => {
    const { stderr, code } = await fleet.run(['policies']);
    expect(code).toBe(EXIT.ok);
    expect(stderr).toMatch(/no policy yet: .*templates.*\n.*2 endpoints follow no policy: alpha, beta/s);
    const { stdout: templates } = await fleet.run(['policies', 'templates']);
    const [, first] = /\n(\S+) /.exec(templates) ?? [];
    const { stdout: text } = await fleet.run(['policies', 'template', first ?? '']);
    const path = file('template.yaml', text);
    expect((await fleet.run(['policies', 'check', path])).code).toBe(EXIT.ok);
  });

  it('says what is wrong in a file as compilers do, and changes nothing', async () => {
    const bad = file('bad.yaml', POLICY.replace('lasts: 6h', 'lasts: 6 hours').replace('soak', 'soke'));
    const { code, stderr } = await fleet.run(['policies', 'apply', bad]);
    expect(code).toBe(EXIT.failure);
    expect(stderr).toMatch(/bad\.yaml:5:\d+: error windows\[0\]\.lasts: /);
    expect(stderr).toMatch(/bad\.yaml:7:\d+: error rings\[0\]\S*: .*soke/);
    expect(stderr).toContain('Nothing was changed.');
    expect((await fleet.json<PolicyList>('policies')).total).toBe(0);
  });

  it('applies a folder only when all of it is valid', async () => {
    const folder = join(directory, 'policies');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.yaml'), POLICY);
    writeFileSync(join(folder, 'b.yaml'), 'format: 2\n');
    expect((await fleet.run(['policies', 'apply', folder])).code).toBe(EXIT.failure);
    expect((await fleet.json<PolicyList>('policies')).total).toBe(0);
  });

  it('shows what a policy would mean, makes it, and leaves alone what is the same', async () => {
    const path = file('nightly.yaml', POLICY);
    const [validation] = await fleet.json<readonly PolicyValidation[]>('policies', 'check', path);
    expect(validation?.effect?.rings.map(({ name, endpointCount }) => [name, endpointCount])).toEqual([
      ['first', 1],
      ['others', 1],
    ]);
    expect((await fleet.run(['policies', 'apply', path, '--dry-run'])).stdout).toBe('nightly would be created');
    expect((await fleet.json<PolicyList>('policies')).total).toBe(0);
    expect((await fleet.run(['policies', 'apply', path])).stdout).toBe('nightly created');
    expect((await fleet.run(['policies', 'apply', path])).stdout).toBe('nightly unchanged');
    const { stdout } = await fleet.run(['policies', 'show', 'nightly']);
    expect(stdout).toMatch(/ring first: 1 endpoint \(alpha\)/);
    expect(stdout).toContain('# ours');
    expect((await fleet.run(['policies'])).stdout).toMatch(/nightly +2 +first → others/);
  });

  it('says in words what changes, and keeps every version', async () => {
    const path = file('nightly.yaml', POLICY.replace('soak: 1h', 'soak: 2h'));
    const { stdout } = await fleet.run(['policies', 'apply', path, '--note', 'slower']);
    expect(stdout).toMatch(/^nightly changed \(1 change\)\n {2}.*soak/);
    const versions = await fleet.json<readonly PolicyVersion[]>('policies', 'versions', 'nightly');
    expect(versions.map(({ version, note }) => [version, note])).toEqual([
      [2, 'slower'],
      [1, ''],
    ]);
    const old = await fleet.json<PolicyDetail>('policies', 'show', 'nightly', '--as-of', '1');
    expect(old.text).toBe(POLICY);
  });

  it('is switched off and on again with its comments', async () => {
    await fleet.run(['policies', 'disable', 'nightly']);
    expect((await fleet.json<PolicyDetail>('policies', 'show', 'nightly')).summary).toMatchObject({
      enabled: false,
      endpointCount: 0,
    });
    await fleet.run(['policies', 'enable', 'nightly']);
    const on = await fleet.json<PolicyDetail>('policies', 'show', 'nightly');
    expect(on.summary).toMatchObject({ enabled: true, endpointCount: 2 });
    expect(on.text).toContain('# ours');
  });

  it('refuses two files with one name', async () => {
    const { code, stderr } = await fleet.run([
      'policies',
      'apply',
      file('one.yaml', POLICY),
      file('two.yaml', POLICY.replace('1h', '3h')),
    ]);
    expect(code).toBe(EXIT.failure);
    expect(stderr).toMatch(/two\.yaml: nightly is in .*one\.yaml already/);
  });
});

describe('thimble windows', () => {
  it('lists the coming ones', async () => {
    const calendar = await fleet.json<WindowCalendar>('windows');
    expect(calendar.items.length).toBeGreaterThan(2);
    expect(calendar.items[0]).toMatchObject({ kind: 'window', name: 'night', timeZone: 'UTC' });
    expect((await fleet.run(['windows', '--policy', 'nightly'])).stdout).toMatch(/window +night +nightly .*6 h/);
    expect((await fleet.run(['windows', 'export'])).stdout).toMatch(/^BEGIN:VCALENDAR/);
  });

  it('freezes a part of the fleet, and lets it go on', async () => {
    const freeze = await fleet.json<Freeze>('windows', 'freeze', '--reason', 'quarter end', '--label', 'ring=canary');
    expect(freeze).toMatchObject({ active: true, endpointCount: 1, endsAt: null });
    expect((await fleet.run(['windows', 'freezes'])).stdout).toMatch(/somebody ends it .*quarter end/);
    await fleet.run(['windows', 'freezes', 'end', 'last']);
    expect((await fleet.json<FreezeList>('windows', 'freezes')).items).toEqual([]);
    expect((await fleet.json<FreezeList>('windows', 'freezes', 'list', '--all')).items).toHaveLength(1);
  });

  it('freezes all of the days that are named, the first and the last too', async () => {
    const days = ['--from', '2031-12-24', '--until', '2031-12-26'];
    const { startsAt, endsAt } = await fleet.json<Freeze>('windows', 'freeze', '--reason', 'Christmas', ...days);
    expect([startsAt, endsAt]).toEqual(['2031-12-24T00:00:00.000Z', '2031-12-26T23:59:59.999Z']);
    await fleet.run(['windows', 'freezes', 'end', 'last']);
  });

  it('takes a calendar of blackouts, which a policy then names', async () => {
    const path = file('holidays.ics', HOLIDAYS);
    expect((await fleet.run(['windows', 'calendars', 'import', 'holidays', path])).stderr).toContain('1 event');
    await fleet.run(['policies', 'apply', file('nightly.yaml', `${POLICY}blackouts: [holidays]\n`)]);
    const list = await fleet.json<BlackoutCalendarList>('windows', 'calendars');
    expect(list.items).toEqual([expect.objectContaining({ name: 'holidays', usedBy: ['nightly'] })]);
    expect((await fleet.run(['windows', 'calendars', 'export', 'holidays'])).stdout).toContain('SUMMARY:Holidays');
    const { code } = await fleet.run(['windows', 'calendars', 'remove', 'holidays']);
    expect(code).toBe(EXIT.failure);
  });
});

describe('thimble policies remove', () => {
  it('asks first, and leaves nobody who follows it', async () => {
    expect((await fleet.run(['policies', 'remove', 'nightly'])).code).toBe(EXIT.pending);
    expect((await fleet.run(['policies', 'remove', 'nightly', '--yes'])).code).toBe(EXIT.ok);
    expect((await fleet.json<PolicyList>('policies')).uncovered.total).toBe(2);
  });
});
