import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import { startFleet, type Fleet, type Member } from '../end-to-end/fleet.ts';
import { waitFor } from '../end-to-end/wait-for.ts';
import { give, resultOf } from './deploy-order.ts';

const availability = labForTests('a reboot that people agree to');

/** Somebody signs in over SSH, with a session of logind, as on any system that was not built for a lab. */
const SIGN_IN = `
mkdir -p -m 700 /root/.ssh
useradd --create-home --shell /bin/sh anna
install -d -m 700 -o anna -g anna /home/anna/.ssh
ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
install -m 600 -o anna -g anna /root/.ssh/id_ed25519.pub /home/anna/.ssh/authorized_keys
`;
const SESSION = 'ssh -tt -o StrictHostKeyChecking=accept-new anna@127.0.0.1 sleep 3600';

describe.skipIf(!availability.available)('a reboot of a machine at which somebody is signed in', () => {
  let fleet: Fleet;
  let member: Member;
  beforeAll(async () => {
    fleet = await startFleet({ tag: 'consent', suites: ['bookworm'], settings: { 'held-request-s': '3' } });
    member = await fleet.member({
      name: 'desk',
      prepare: async (machine) => {
        await machine.shell(
          'apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install libpam-systemd </dev/null',
        );
        await machine.shell(`${SIGN_IN}systemctl restart ssh systemd-logind`);
      },
    });
  });
  afterAll(async () => {
    await fleet?.dispose();
  });

  test('is asked for on the terminal, waits, leaves the agent free, and happens when they agree; then the machine is checked', async () => {
    const { machine } = member;
    const desk = { ...member, fleet };
    const ordered = { kind: 'reboot', reason: 'the lab wants it', consent: { deferForSeconds: 7200 } } as const;
    await machine.shell(`systemd-run --quiet --unit=annas-session ${SESSION}`);
    await waitFor('anna is signed in', async () => (await machine.shell('loginctl list-sessions')).includes('anna'));

    const first = await give(desk, ordered);
    const question = await waitFor('the machine asks', async () => {
      const { code, stdout } = await machine.exec(['cat', '/run/thimble/reboot-request.json']);
      return code === 0 ? (JSON.parse(stdout) as { orderId: string; reason: string }) : undefined;
    });
    expect(question).toMatchObject({ orderId: first, reason: 'the lab wants it' });
    await waitFor('her terminal shows it', async () =>
      (await machine.shell('journalctl --no-pager -o cat -u annas-session')).includes('thimble agent reboot-now'),
    );

    const scan = await give(desk, { kind: 'scan' });
    expect(await resultOf(desk, scan)).toEqual({ kind: 'scanned' });
    expect(await resultOf(desk, first)).toMatchObject({ kind: 'refused', code: 'expired' });

    const bootId = await machine.read('/proc/sys/kernel/random/boot_id');
    const second = await give(desk, { ...ordered, checks: [{ tcp: 22 }] });
    await waitFor('the machine asks for the second order', async () =>
      (await machine.shell('cat /run/thimble/reboot-request.json')).includes(second),
    );
    const asAnna = async (words: string) =>
      machine.shell(`setpriv --reuid "$(id -u anna)" --regid "$(id -g anna)" --clear-groups thimble agent ${words}`);
    expect(await asAnna('reboot-defer 2h')).toContain('the lab wants it');
    expect(
      (await machine.exec(['setpriv', '--reuid=65534', '--clear-groups', 'thimble', 'agent', 'reboot-now'])).code,
    ).not.toBe(0);
    expect(await machine.read('/proc/sys/kernel/random/boot_id')).toBe(bootId);
    expect(await asAnna('reboot-now')).toContain('within a minute');
    expect(await resultOf(desk, second)).toMatchObject({
      kind: 'rebooted',
      bootIdBefore: bootId.trim(),
      verification: { failedUnitsAfter: [] },
      deploy: { checks: [{ name: 'tcp 22', passed: true }], lostListeners: [] },
    });
    expect(await machine.read('/proc/sys/kernel/random/boot_id')).not.toBe(bootId);
  });
});
