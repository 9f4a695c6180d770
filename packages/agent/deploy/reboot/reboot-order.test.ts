import { createRecordedHost, HostError, type FileStatus, type Host } from '@thimble/drivers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeBench, until, type Bench } from '../../testing/agent-under-test.ts';
import { fakeDriver } from '../../testing/fake-driver.ts';
import { makeOrder, orderId, seal } from '../../testing/orders.ts';
import { runOnce } from '../../run/once.ts';
import { answerReboot } from './answer-reboot.ts';
import { REBOOT_QUESTION_PATH } from './reboot-request.ts';

const CONSENT = { kind: 'reboot', reason: 'kernel 6.1.0-56 installed', consent: { deferForSeconds: 7200 } } as const;

/** As loginctl of systemd 252 prints them. */
const SESSIONS = '     3 1000 anna seat0 tty2\n    c1  112 Debian-gdm seat0 tty1\n';
const SESSION: Readonly<Record<string, string>> = {
  '3': 'User=1000\nName=anna\nClass=user\nState=active\n',
  c1: 'User=112\nName=Debian-gdm\nClass=greeter\nState=online\n',
};

interface Desk {
  readonly host: Host;
  readonly told: string[];
  signOut(): void;
  passMs(durationMs: number): void;
}

/** A machine at which anna is signed in; its clock is the test's. */
function makeDesk(): Desk {
  const told: string[] = [];
  let sessions = SESSIONS;
  let nowMs = Date.parse('2026-11-22T10:00:00.000Z');
  const written = new Map<string, number>();
  const recorded = createRecordedHost({
    files: { '/proc/1/net/tcp': '', '/proc/1/net/udp': '' },
    commands: [
      { argv: (argv) => argv[1] === 'list-sessions', result: () => ({ stdout: sessions }) },
      { argv: (argv) => argv[1] === 'show-session', result: (argv) => ({ stdout: SESSION[argv.at(-1) ?? ''] ?? '' }) },
      { argv: (argv) => argv[0] === 'systemctl', result: {} },
    ],
    detached: ({ argv }) => {
      if (argv[0] === 'wall') told.push(argv[1] ?? '');
      return { exitCode: 0 };
    },
  });
  const host: Host = {
    ...recorded,
    now: () => new Date(nowMs),
    sleep: async (durationMs) => {
      nowMs += durationMs;
    },
    writeFile: async (path, data) => {
      written.set(path, nowMs);
      await recorded.writeFile(path, data);
    },
    stat: async (path) => {
      const status: FileStatus | null = await recorded.stat(path);
      const ownerId = path.startsWith('/run/user/1000/') ? 1000 : 0;
      return status && { ...status, ownerId, modifiedAtMs: written.get(path) ?? 0 };
    },
  };
  return {
    host,
    told,
    signOut: () => {
      sessions = '';
    },
    passMs: (durationMs) => {
      nowMs += durationMs;
    },
  };
}

let bench: Bench;
let desk: Desk;
beforeEach(async () => {
  bench = await makeBench();
  desk = makeDesk();
});
afterEach(() => bench.clean());

function give(n: number, ...rest: Parameters<typeof makeOrder> extends [number, ...infer More] ? More : never): void {
  bench.server.orders.push(seal(makeOrder(n, ...rest), bench.server.orderKey));
  bench.server.wake();
}

/** Each run of the timer looks once. The machine itself never reboots, which ends the order as failed: it was asked to. */
async function lookOnce(): Promise<number> {
  const driver = fakeDriver();
  await runOnce(bench.options({ ...driver, reboot: refuse }, desk.host));
  return reboots;
}
let reboots = 0;
beforeEach(() => {
  reboots = 0;
});
function refuse(): Promise<void> {
  reboots += 1;
  return Promise.reject(new HostError('io', 'not in a test'));
}

describe('a reboot that needs consent', () => {
  test('happens at once where nobody is signed in', async () => {
    desk.signOut();
    give(1, CONSENT);
    expect(await lookOnce()).toBe(1);
    expect(desk.told).toEqual([]);
  });

  test('waits for whoever is signed in, in runs of any number, and tells once', async () => {
    give(1, CONSENT);
    for (let run = 0; run < 20; run += 1) expect(await lookOnce()).toBe(0);
    expect(desk.told).toEqual([
      expect.stringContaining('kernel 6.1.0-56 installed. It reboots by itself at 2026-11-22 12:00 UTC.'),
    ]);
    const question = JSON.parse(
      (await desk.host.readFile(REBOOT_QUESTION_PATH, { maxBytes: 1e6 }))?.toString() ?? '{}',
    );
    expect(question).toMatchObject({ orderId: orderId(1), rebootsAt: '2026-11-22T12:00:00.000Z' });
    expect(bench.server.outcomes.size).toBe(0);
    await answerReboot(desk.host, 1000, 'now');
    expect(await lookOnce()).toBe(1);
    // The newest is what a server shows, and counts by.
    expect(bench.server.progress.toSorted((a, b) => b.sequence - a.sequence)[0]).toMatchObject({ stage: 'rebooting' });
    expect(bench.server.outcomes.get(orderId(1))?.result).toMatchObject({ kind: 'failed', code: 'reboot-failed' });
  });

  test('asks again when a deferral is over, and warns before it reboots without consent', async () => {
    give(1, CONSENT);
    await lookOnce();
    await answerReboot(desk.host, 1000, '1h');
    desk.passMs(3_590_000);
    await lookOnce();
    expect(desk.told).toHaveLength(1);
    desk.passMs(10_000);
    await lookOnce();
    expect(desk.told).toHaveLength(2);
    await answerReboot(desk.host, 1000, '2d');
    desk.passMs(3_400_000);
    expect(await lookOnce()).toBe(1);
    expect(desk.told.at(-1)).toContain('It reboots in 5 minutes: save your work');
  });

  test('is asked for beyond the time at which it was to begin, and no longer than its deadline', async () => {
    const expiresAt = new Date(Date.now() + 1500).toISOString();
    give(1, CONSENT, { expiresAt });
    await lookOnce();
    await until(() => Date.now() > Date.parse(expiresAt));
    await lookOnce();
    expect(bench.server.outcomes.size).toBe(0);
    desk.signOut();
    expect(await lookOnce()).toBe(1);
  });

  test('keeps no newer order waiting; when it is asked for again, the time goes on from the first question', async () => {
    give(1, CONSENT);
    await lookOnce();
    desk.passMs(3_600_000);
    give(2);
    await lookOnce();
    expect(bench.server.outcomes.get(orderId(1))?.result).toMatchObject({ kind: 'refused', code: 'expired' });
    expect(bench.server.outcomes.get(orderId(2))?.result.kind).toBe('applied');
    bench.server.orders.length = 0;
    give(3, CONSENT);
    expect(await lookOnce()).toBe(0);
    expect(desk.told).toHaveLength(1);
    desk.passMs(3_400_000);
    expect(await lookOnce()).toBe(1);
  });

  test('is not bound to a question that was given up, nor to what was answered then', async () => {
    give(1, CONSENT);
    await lookOnce();
    give(2);
    await lookOnce();
    await answerReboot(desk.host, 1000, 'now');
    bench.server.orders.length = 0;
    desk.passMs(86_400_000);
    give(3, CONSENT);
    expect(await lookOnce()).toBe(0);
    expect(desk.told).toEqual([expect.any(String), expect.stringContaining('at 2026-11-23 12:00 UTC')]);
  });

  test('waits no longer because the clock was set back', async () => {
    give(1, CONSENT);
    await lookOnce();
    desk.passMs(-86_400_000);
    await lookOnce();
    desk.passMs(7_000_000);
    expect(await lookOnce()).toBe(1);
  });

  test("says the server's words in one line, without signs that a terminal obeys", async () => {
    give(1, { ...CONSENT, reason: `a\u001b[2J\u202e\n\nBroadcast message from root:\u2028${'x'.repeat(9_000)}` });
    await lookOnce();
    expect(desk.told[0]).toMatch(/rebooted: a \[2J Broadcast message from root: x{200,300}\. It reboots/);
    expect((await desk.host.readFile(REBOOT_QUESTION_PATH, { maxBytes: 2_000 }))?.toString()).not.toContain('\\u');
  });

  test('is withdrawn with its question', async () => {
    give(1, CONSENT);
    await lookOnce();
    bench.server.cancellations.push(orderId(1));
    expect(await lookOnce()).toBe(0);
    expect(bench.server.outcomes.get(orderId(1))?.result.kind).toBe('cancelled');
    expect(await desk.host.readFile(REBOOT_QUESTION_PATH, { maxBytes: 1e6 })).toBeNull();
    await expect(answerReboot(desk.host, 1000, 'now')).rejects.toMatchObject({ code: 'nothing-asked' });
    await expect(answerReboot(desk.host, 1000, '5 years')).rejects.toMatchObject({ code: 'bad-answer' });
  });

  test('names only checks that are allowed here', async () => {
    give(1, { ...CONSENT, checks: [{ command: 'absent' }] });
    expect(await lookOnce()).toBe(0);
    expect(bench.server.outcomes.get(orderId(1))?.result).toMatchObject({ kind: 'refused', code: 'step-not-allowed' });
  });

  test('is looked at again by a service until they agree', async () => {
    await bench.during(
      { ...fakeDriver(), reboot: refuse },
      async () => {
        give(1, CONSENT);
        await until(() => desk.told.length === 1);
        await answerReboot(desk.host, 1000, 'now');
        await until(() => reboots === 1);
      },
      desk.host,
    );
  });

  test('leaves a service free for other orders', async () => {
    await bench.during(
      { ...fakeDriver(), reboot: refuse },
      async () => {
        give(1, CONSENT);
        await until(() => desk.told.length === 1);
        give(2);
        await until(() => bench.server.outcomes.has(orderId(2)));
      },
      desk.host,
    );
    expect(reboots).toBe(0);
  });
});
