import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PolicyList, type SimulateReply, SimulateReply as SimulateReplySchema } from '@thimble/protocol';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../exit-codes.ts';
import { type CommandedFleet, startCommandedFleet } from '../../testing/fleet.ts';

/** A Monday. */
const START = ['--start', '2026-12-07', '--days', '14'];
const POLICY = `format: 1
name: servers
deadlines: { kev: due-date, high: 7d }
start: { on: every Monday, at: "08:00", timeZone: UTC, urgent: { kev: true } }
windows: [{ name: night, on: every day, at: "22:00", lasts: 4h, timeZone: UTC }]
rings:
  - { name: canary, members: { filter: { labels: { ring: canary } } }, soak: 12h }
  - { name: others, members: rest }
atOnce: 100%
`;
const UPDATE = {
  package: 'libssl3',
  source: 'openssl',
  version: '3.0.22-1',
  severity: 'high',
  published: '2026-12-06',
};
const FLEET = {
  format: 1,
  endpoints: [
    { hostname: 'canary', labels: { ring: 'canary' }, minutes: 6, updates: 'bookworm' },
    { hostname: 'web', count: 9, minutes: 6, updates: 'bookworm' },
  ],
  updates: { bookworm: [UPDATE] },
};

let server: CommandedFleet;
let directory: string;
const file = (name: string, content: string | object): string => {
  const path = join(directory, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const simulate = (...argv: readonly string[]) => server.run(['simulate', ...START, ...argv]);
const computed = async (...argv: readonly string[]): Promise<SimulateReply> => {
  const { stdout, stderr } = await simulate(...argv, '--json');
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as SimulateReply;
};
let policy: string;
let fleet: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'thimble-simulate-'));
  policy = file('servers.yaml', POLICY);
  fleet = file('fleet.json', FLEET);
  server = await startCommandedFleet();
});
afterAll(async () => {
  await server.server.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('thimble simulate with a fleet in a file', () => {
  it('says who gets what when, and that deadlines hold', async () => {
    const { code, stdout, stderr } = await simulate('--policy', policy, '--fleet', fleet);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/^All deadlines of these days hold\./);
    expect(stdout).toContain('10 of 10 updates on 10 endpoints are installed by 2026-12-21; 0 are open then.');
    expect(stdout).toMatch(/2026-12-07 08:00 +servers +finished +10 +1 +canary 2026-12-08 \d\d:\d\d → others/);
    expect(stdout).toMatch(/web-9 +openssl 3\.0\.22-1 +others +2026-12-08 22:\d\d +2026-12-13 00:00/);
    expect(stderr).toContain('none are drawn: nothing fails here');
  });

  it('prints what the protocol says as JSON, the same each time', async () => {
    const argv = ['--policy', policy, '--fleet', fleet, '--faults', '7', '--updates-per-week', '5'];
    const reply = await computed(...argv);
    expect(Value.Errors(SimulateReplySchema, reply)).toEqual([]);
    expect(await computed(...argv)).toEqual(reply);
    expect(await computed(...argv.map((word) => (word === '7' ? '8' : word)))).not.toEqual(reply);
  });

  it('ends with 6 where a deadline can’t hold, and says which and on whom', async () => {
    const slow = file('slow.yaml', POLICY.replace('soak: 12h', 'soak: 9d'));
    const { code, stdout } = await simulate('--policy', slow, '--fleet', fleet);
    expect(code).toBe(EXIT.found);
    expect(stdout).toMatch(/^1 deadline can't hold\. The worst: openssl 3\.0\.22-1, due 2026-12-13, .* 9 endpoints\./);
    expect(stdout).toMatch(/openssl 3\.0\.22-1: due 2026-12-13 00:00, late on 9 endpoints \(web-1, /);
    expect((await simulate('--policy', slow, '--fleet', fleet, '--json')).code).toBe(EXIT.found);
  });

  it('compares two policies, whatever they are called', async () => {
    const slow = file('slower.yaml', POLICY.replace('soak: 12h', 'soak: 9d').replace('name: servers', 'name: slower'));
    const { code, stdout } = await simulate('--policy', policy, '--fleet', fleet, '--compare', slow);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/deadline misses +9 +0 +better/);
    const { compared } = await computed('--policy', slow, '--fleet', fleet, '--compare', policy);
    expect(compared?.comparison.differences.find(({ what }) => what === 'deadline misses')).toMatchObject({
      before: 0,
      after: 9,
      better: false,
    });
  });

  it('a policy with another name alone gives the same result: nobody changes rings', async () => {
    const percent = POLICY.replace('{ filter: { labels: { ring: canary } } }', '{ percent: 50 }');
    const one = file('one.yaml', percent);
    const renamed = file('renamed.yaml', percent.replace('name: servers', 'name: renamed'));
    const { compared } = await computed('--policy', one, '--fleet', fleet, '--compare', renamed);
    expect(compared?.comparison.summary).toEqual(['Nothing that is counted differs.']);
  });

  it('assumes what it is told to: an entry of the KEV catalogue starts a rollout at once', async () => {
    const waiting = file('waiting.yaml', POLICY.replace('on: every Monday', 'on: first Monday of January'));
    const quiet = await computed('--policy', waiting, '--fleet', fleet);
    expect(quiet.result.rollouts.total).toBe(0);
    const { result } = await computed('--policy', waiting, '--fleet', fleet, '--what-if', 'kev:openssl@2026-12-09');
    expect(result.rollouts.items[0]).toMatchObject({ startsAt: '2026-12-09T00:00:00.000Z', state: 'finished' });
    const updates = ['--what-if', 'update:linux@2026-12-08:critical', '--what-if', 'update:bash@2026-12-09:low'];
    const { result: more } = await computed('--policy', policy, '--fleet', fleet, ...updates);
    expect(more.totals).toMatchObject({ pending: 30, reboots: 10 });
  });

  it('says that an assumption changes nothing', async () => {
    const { stderr } = await simulate('--policy', policy, '--fleet', fleet, '--what-if', 'kev:opensl@2026-12-09');
    expect(stderr).toContain('assumption kev:opensl: no endpoint lacks an update of a package of this name');
  });

  it('lets several policies share a fleet, but not two of one name', async () => {
    const urgent = file('urgent.yaml', 'format: 1\nname: urgent\npriority: 300\nscope: { hostnames: [web-1] }\n');
    const { result } = await computed('--policy', policy, '--policy', urgent, '--fleet', fleet);
    expect(result.policies).toEqual(['servers', 'urgent']);
    const folder = join(directory, 'policies');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.yaml'), POLICY);
    writeFileSync(join(folder, 'b.yaml'), POLICY);
    const { code, stderr } = await simulate('--policy', folder, '--fleet', fleet);
    expect(code).toBe(EXIT.failure);
    expect(stderr).toMatch(/b\.yaml: there is a policy servers before it already/);
  });

  it('a fleet that no policy takes is no success', async () => {
    const none = file('none.yaml', `${POLICY}scope: { groups: [tills] }\n`);
    const { stdout } = await simulate('--policy', none, '--fleet', fleet);
    expect(stdout).toMatch(/^No deadline falls into these days\.\n.*\n10 endpoints follow no policy/);
  });
});

describe('what can not be simulated', () => {
  it.each<[string, string | object, RegExp]>([
    ['no JSON', '{', /no JSON/],
    ['nothing', '', /no JSON/],
    [
      'a misspelt key',
      { ...FLEET, endpoints: [{ hostnam: 'a' }] },
      /#\/endpoints\/0\/hostnam: .*did you mean `hostname`/,
    ],
    ['another format', { ...FLEET, format: 2 }, /#\/format: .*write 1/],
    ['no endpoints', { ...FLEET, endpoints: [] }, /#\/endpoints: the list is empty/],
    ['a list that is not there', { ...FLEET, updates: {} }, /#\/endpoints\/0\/updates: there is no list bookworm/],
    ['too many endpoints', { format: 1, endpoints: [{ hostname: 'a', count: 200_001 }] }, /200000 is the most/],
    ['a name that is a terminal’s command', { format: 1, endpoints: [{ hostname: '\u001B[2J' }] }, /#\/endpoints\/0/],
  ])('a fleet file with %s is refused, and says where', async (_, content, message) => {
    const { code, stdout, stderr } = await simulate('--policy', policy, '--fleet', file('bad.json', content));
    expect({ code, stdout }).toEqual({ code: EXIT.failure, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('\u001B');
  });

  it('a policy that is none is told with its line', async () => {
    const bad = file('bad.yaml', POLICY.replace('atOnce', 'atonce'));
    for (const argv of [
      ['--policy', bad, '--fleet', fleet],
      ['--policy', policy, '--fleet', fleet, '--compare', bad],
      ['--policy', bad],
    ]) {
      const { code, stderr } = await simulate(...argv);
      expect(code).toBe(EXIT.failure);
      expect(stderr).toMatch(/bad\.yaml:9:1: error atonce: .*did you mean `atOnce`/);
    }
  });

  it.each([
    [['--fleet', 'FLEET'], /needs policies/],
    [['--policy', 'POLICY', '--fleet', 'FLEET', '--compare', 'present'], /for the live fleet/],
    [['--policy', 'POLICY', '--fleet', '/nowhere/fleet.json'], /fleet\.json can't be read/],
    [['--policy', '/nowhere/policy.yaml', '--fleet', 'FLEET'], /policy\.yaml can't be read/],
    [['--policy', 'POLICY', '--policy', 'POLICY'], /one draft at a time/],
    [['--policy', 'nobody'], /no policy is called "nobody"|There is none/],
    [['--compare', 'present'], /compared with itself/],
    [['--days', '0'], /whole number from 1 to 365/],
    [['--days', '366'], /whole number from 1 to 365/],
    [['--start', 'tomorrow'], /has to be a date/],
    [['--faults', '-1'], /whole number/],
    [['--what-if', 'kev:openssl'], /has to be kev:PACKAGE@DATE/],
    [['--fleet'], /argument missing/],
  ])('%j is wrong usage', async (argv, message) => {
    const given = argv.map((word) => (word === 'FLEET' ? fleet : word === 'POLICY' ? policy : word));
    const { code, stdout, stderr } = await simulate(...given);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('ends at once when the person ends it', async () => {
    const large = file('large.json', { ...FLEET, endpoints: [{ hostname: 'a', count: 50_000, updates: 'bookworm' }] });
    const { code, stderr } = await server.run(
      ['simulate', '--policy', policy, '--fleet', large, '--days', '365', '--updates-per-week', '100'],
      undefined,
      AbortSignal.timeout(500),
    );
    expect(code).toBe(EXIT.interrupted);
    expect(stderr).toContain('the simulation is ended');
  });
});

describe('thimble simulate with the live fleet', () => {
  beforeAll(async () => {
    await server.agent('alpha');
    await server.agent('beta');
  });

  it('says what a draft would change, and leaves everything as it is', async () => {
    const draft = file('draft.yaml', 'format: 1\nname: draft\nscope: { hostnames: [alpha] }\n');
    const { code, stdout } = await server.run(['simulate', '--policy', draft, '--compare', 'present', '--days', '7']);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/installed +0 +1 +better/);
    expect(stdout).toContain('1 of 1 update on 1 endpoint');
    expect((await server.json<PolicyList>('policies')).total).toBe(0);
  });

  it('simulates what there is: nobody follows a policy yet, and that is said', async () => {
    const { code, stdout } = await server.run(['simulate', '--days', '7']);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('2 endpoints follow no policy: nothing patches them.');
    expect(stdout).toMatch(/Policies: +none/);
  });

  it('takes a policy by its name, of which only its endpoints are shown', async () => {
    const alone = file('alone.yaml', 'format: 1\nname: alone\nscope: { hostnames: [beta] }\n');
    expect((await server.run(['policies', 'apply', alone])).code).toBe(EXIT.ok);
    const { result } = await server.json<SimulateReply>('simulate', '--policy', 'alone', '--days', '7');
    expect(result.totals).toMatchObject({ endpoints: 1, installed: 1 });
  });
});
