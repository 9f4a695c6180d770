import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutcomeResult } from '@thimble/protocol';
import { SCHEMES } from '@thimble/versions';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { ENDPOINT_COMMANDS } from './commands/endpoint-commands.ts';
import { SERVER_COMMANDS } from './commands/server-commands.ts';
import { EXIT } from './exit-codes.ts';
import { thimble } from './testing/command.ts';

describe('thimble, the command', { timeout: 60_000 }, () => {
  it('shows its help without words, on standard output', async () => {
    const { code, stdout, stderr } = await thimble([]);
    expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "Usage: thimble [options] [command]

      Security patch management: find what is missing, plan it exactly, patch, prove it.

      Options:
        -V, --version     print the version
        -h, --help        show help

      The server:
        start             everything on one machine: server, console, and this machine as endpoint
        serve             the server alone
        relay             a cache of content near endpoints, for a server elsewhere
        backup            all that the server keeps, in one sealed file
        restore           bring a server back from a backup
        server            its keys for orders and for secrets; an older database
        sign-in-link      make a new one-time link for signing in to the console
        people            who uses the console: invite, shut out, let in again
        roles             what people and tokens may do, and the four-eyes rule
        tokens            API tokens for scripts
        organisations     a provider’s clients, and how each stands
        enrolment-tokens  tokens with which machines join

      The fleet (needs a server):
        agent-updates     versions of the agent: who runs which, and how a new one does
        endpoints         the machines, their state and why
        vulnerabilities   which vulnerabilities the machines have, most pressing first
        next-patches      the fewest updates that remove the most risk
        exceptions        accepted risks, and what does not apply here
        vex               say to others what is affected, and hear it from them (CycloneDX, CSAF)
        gaps              what could not be assessed, and why
        updates           pending updates across all machines
        content           patches, got once: repositories, frozen snapshots, channels, blocks, relays
        policies          what is patched by when and how carefully: documents with versions
        rollouts          policies at work: rings, gates, what waits and why; halt, resume, roll back
        why               why an endpoint is not patched, and what comes next
        simulate          the coming weeks under a policy, before anyone presses start
        windows           maintenance windows to come, blackout calendars, freezes
        runs              plan, approve, watch and roll back patch runs
        approvers         the people whose signatures endpoints demand, whoever owns the server
        approvals         what approvers are asked to sign
        approve           sign what shall be installed, with a key of your own
        emergency-stop    stop everything at once, or let it go on
        audit             prove that the evidence is whole: verify, checkpoint, export

      This machine:
        patch             show, install or roll back this machine’s updates; no server needed
        scan              vulnerabilities of this machine, a folder, an image or a bill of materials
        explain           why a vulnerability is said to be in a package, or not
        feeds             advisories: synchronise, mirror, carry to sites without Internet
        agent             make this machine an endpoint of a server

      Other:
        versions          compare version numbers as package managers do
        version           print the version

      Commands:
        help [command]    show help of a command

      Exit codes: 0 done · 1 failed · 2 wrong usage · 3 changes are pending or need a decision ·
      4 installed, waits for a reboot or restart · 5 refused, nothing was changed ·
      6 found what --fail-on names · 7 not everything could be assessed (--strict) · 130 interrupted
      "
    `);
  });

  it.each([...SERVER_COMMANDS, ...ENDPOINT_COMMANDS].map(({ name }) => [name]))(
    'has help for %s, asked for in either way',
    async (name) => {
      const [before, after] = await Promise.all([thimble(['help', name]), thimble([name, '--help'])]);
      expect(after.code).toBe(EXIT.ok);
      expect(after.stdout).toContain(`Usage: thimble ${name}`);
      expect(before.stdout).toBe(after.stdout);
    },
  );

  it('shows every setting of the server with its default', async () => {
    const { stdout } = await thimble(['serve', '--help']);
    expect(stdout).toMatch(/--port PORT\n {6}.*\n?.*\[8443\]/);
    expect(stdout).toContain('THIMBLE_');
  });

  it.each([
    [['florp'], /unknown command 'florp'/],
    [['runs', 'create', '--security'], /required option '--endpoints/],
    [['runs', 'create', '--endpoints', 'all'], /which updates\?/],
    [['patch', '--apply', '--history'], /choose one of --apply/],
    [['patch', '--package', 'no such;thing', '--json'], /is not a package|must be|not/],
    [['endpoints', '--server', 'ftp://x'], /is not an address/],
    [['endpoints', '--server', 'https://x'], /needs a token/],
    [['endpoints', '--server', 'http://example.org', '--token', 't'], /unencrypted/],
    [['versions', 'compare', '--scheme', 'roman'], /roman/],
    [['exceptions', 'accept', 'CVE-2024-1', '--owner', 'me', '--reason', 'because'], /required option '--until/],
    [['exceptions', 'accept', 'CVE-2024-1', '--until', 'soon'], /has to be a date/],
    [['vex', 'export', '--format', 'xml'], /cyclonedx, csaf/],
    [['explain', 'CVE-2024-1', 'openssl', '--as-of', '2026-02-30'], /has to be a date/],
    [['scan', '--format', 'html'], /table, json, sarif, cyclonedx/],
    [['scan', '--fail-on', 'everything', '.'], /kev/],
    [['feeds', 'sync', 'kevv'], /Is it kev\?/],
    [['serve', '--florp', '1'], /--florp/],
    [['relay', '--token', 't'], /required option '--upstream/],
    [['relay', '--upstream', 'http://example.org', '--token', 't'], /unencrypted/],
    [['relay', '--upstream', 'https://x/path', '--token', 't'], /is not the address of a server/],
    [['relay', '--upstream', 'https://x', '--token', 't', '--ca-fingerprint', 'ab'], /is not a SHA-256/],
    [['relay', '--upstream', 'https://x', '--token', 't', '--listen', 'x:y'], /has to be HOST:PORT/],
    [['relay', '--upstream', 'https://x', '--token', 't', '--cache-gb', '0'], /whole number from 1/],
  ])('ends %j with code 2, a message on standard error and no stack', async (argv, message) => {
    const { code, stdout, stderr } = await thimble(argv);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
  });

  it('says how to start a server when none runs here, and as JSON for programs', async () => {
    const env = { THIMBLE_DATA: '/nowhere/thimble' };
    const said = await thimble(['endpoints'], { env });
    expect(said.code).toBe(EXIT.failure);
    expect(said.stderr).toMatch(/no server runs on this machine[\s\S]*npm start/);
    const { stderr } = await thimble(['endpoints', '--json'], { env });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'no-server' } });
  });

  it('compares versions line by line, and says ? for what is none', async () => {
    const input = '1.0~rc1\t1.0\n2:1\t1:9\n1.0-1\t1.0-1\nx y\t1\n\n1\t2\t3\n';
    const { code, stdout } = await thimble(['versions', 'compare', '--scheme', 'deb'], { input });
    expect({ code, stdout }).toEqual({ code: EXIT.ok, stdout: '<\n>\n=\n?\n?\n?\n' });
  });

  it('answers each line once, also odd bytes, carriage returns, an endless line and a last line without an end', async () => {
    const lines = [
      '1.0\t1.1\r',
      '\t',
      '1\t',
      '\t1',
      '1\r0\t1',
      '1\u20282\t1',
      '\0\t\0',
      `1\t${'9'.repeat(300_000)}`,
      '2\t1',
    ];
    const input = Buffer.concat([
      Buffer.from(`${lines.join('\n')}\n`),
      Buffer.from([0xff, 0x09, 0x31, 0x0a, 0x31, 0x09, 0x31]),
    ]);
    const { code, stdout } = await thimble(['versions', 'compare', '--scheme', 'deb'], { input });
    expect({ code, stdout }).toEqual({ code: EXIT.ok, stdout: '<\n?\n?\n?\n?\n?\n?\n?\n>\n?\n=\n' });
  });

  it('takes the names by which people know a scheme, and lists them all', async () => {
    const { stdout } = await thimble(['versions', 'compare', '--scheme', 'pacman'], { input: '1.0rc1\t1.0\n' });
    expect(stdout).toBe('<\n');
    const list = await thimble(['versions', 'schemes', '--json']);
    expect(JSON.parse(list.stdout)).toEqual(
      SCHEMES.map(({ id, name, specification }) => ({ id, name, specification })),
    );
    expect((await thimble(['versions', 'schemes'])).stdout).toMatch(/^rpm +RPM packages +rpm-version\(7\)/m);
  });

  it('says ? for two versions of forms that nothing orders', async () => {
    const input = '15.2(7)E3\t15.2(7)S3\n15.2(7)E3\t15.2(7)E10\n';
    const { stdout } = await thimble(['versions', 'compare', '--scheme', 'generic', '--json'], { input });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      { a: '15.2(7)E3', b: '15.2(7)S3', order: null },
      { a: '15.2(7)E3', b: '15.2(7)E10', order: '<' },
    ]);
  });

  it('answers a hundred thousand comparisons in order', async () => {
    const input = Array.from({ length: 100_000 }, (_, index) => `1.${index}\t1.${index + (index % 3) - 1}\n`).join('');
    const { stdout } = await thimble(['versions', 'compare', '--scheme', 'deb'], { input });
    // 1.0 against 1.-1: a hyphen begins the revision, and nothing is older than 1.0.
    expect(stdout.split('\n').slice(1, 100_000)).toEqual(
      Array.from({ length: 99_999 }, (_, index) => ['>', '=', '<'][(index + 1) % 3]),
    );
  });
});

describe.skipIf(!existsSync('/usr/bin/apt-get'))('thimble patch on this machine', { timeout: 180_000 }, () => {
  it('plans as the protocol says, changes nothing, and its exit code tells whether something is pending', async () => {
    const state = mkdtempSync(join(tmpdir(), 'thimble-patch-'));
    try {
      const { code, stdout } = await thimble(['patch', '--security', '--json'], {
        env: { THIMBLE_PATCH_STATE: state },
      });
      const result: unknown = JSON.parse(stdout);
      expect(Value.Check(OutcomeResult, result)).toBe(true);
      const { kind, transaction } = result as Extract<OutcomeResult, { kind: 'planned' }>;
      expect(kind).toBe('planned');
      expect(code).toBe(transaction.changes.length === 0 ? EXIT.ok : EXIT.pending);
      const history = await thimble(['patch', '--history', '--json'], { env: { THIMBLE_PATCH_STATE: state } });
      expect(JSON.parse(history.stdout)).toEqual([]);
    } finally {
      rmSync(state, { recursive: true, force: true });
    }
  });
});
