import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import { startFleet, type Fleet } from '../end-to-end/fleet.ts';
import { versionOf, withPatient, type Patient } from '../end-to-end/patient.ts';
import type { VendorPackage } from '../vendor/deb-package.ts';
import { allow, applying, diary, give, plannedTransaction, resultOf, WRITES_DIARY } from './deploy-order.ts';

const availability = labForTests('what is done around an installation');

const PORT = 8088;
const UNIT = '[Service]\nType=notify\nNotifyAccess=all\nExecStart=/usr/lib/lab-web/serve\n';
/** A web server with what python3-minimal has. */
const SERVE = `#!/usr/bin/python3
import os, socket
s = socket.create_server(('127.0.0.1', ${PORT}))
os.system('systemd-notify --ready')
while True:
    c, _ = s.accept()
    c.recv(65536)
    c.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\n' + open('/usr/share/lab-web/health', 'rb').read())
    c.close()
`;

/** A service that answers at a port; its later versions answer, or do not. */
function web(version: string, after: string): VendorPackage {
  return {
    name: 'lab-web',
    version,
    files: { '/lib/systemd/system/lab-web.service': UNIT, '/usr/share/lab-web/health': `${version}\n` },
    programs: { '/usr/lib/lab-web/serve': SERVE },
    scripts: { postinst: `systemctl daemon-reload\n${after}` },
  };
}

const OLD = web('1', 'systemctl restart lab-web.service');
const GOOD = web('2', 'systemctl restart lab-web.service');
const STOPS = web('2', 'systemctl stop lab-web.service');
const HEALTH = `http://127.0.0.1:${PORT}/health`;

describe.skipIf(!availability.available)('around an installation on a real endpoint', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet({ tag: 'deploy', settings: { 'held-request-s': '3' } });
    await fleet.image();
  });
  afterAll(async () => {
    await fleet?.dispose();
  });

  const on = (name: string, offered: VendorPackage, act: (patient: Patient) => Promise<void>) =>
    withPatient(fleet, { name, installed: [OLD], offered: [offered] }, act);

  test('drains, installs, looks whether all is well, and undrains', async () => {
    await on('drained', GOOD, async (patient) => {
      const { machine } = patient;
      await allow(machine, 'steps', 'drain', WRITES_DIARY);
      await allow(machine, 'steps', 'undrain', WRITES_DIARY);
      await allow(machine, 'checks', 'answers', `curl --fail --silent ${HEALTH}`);
      const transaction = await plannedTransaction(patient, 'lab-web');
      const checks = [{ tcp: PORT }, { http: HEALTH }, { command: 'answers' }];
      const id = await give(patient, applying(transaction, { before: ['drain'], after: ['undrain'], checks }));
      const result = await resultOf(patient, id);
      expect(result).toMatchObject({
        kind: 'applied',
        verification: { effective: true },
        deploy: {
          fileSystemSnapshot: null,
          steps: [
            { name: 'step drain', passed: true, message: expect.stringContaining(`order ${id} run [`) },
            { name: 'step undrain (after)', passed: true },
          ],
          checks: [
            { name: `tcp ${PORT}`, passed: true },
            { name: `http ${HEALTH}`, passed: true },
            { name: 'command answers', passed: true, message: '2' },
          ],
          lostListeners: [],
        },
      });
      expect(await diary(machine)).toEqual(['drain before 1', 'undrain after 2']);
      expect(await versionOf(patient, 'lab-web')).toBe('2');
      expect(await machine.shell('ls /var/lib/thimble-agent/deploy')).toBe('');
    });
  });

  test('a service that does not listen any more is told by name, and the checks that ask it fail; it undrains all the same', async () => {
    await on('silent', STOPS, async (patient) => {
      const { machine } = patient;
      await allow(machine, 'steps', 'undrain', WRITES_DIARY);
      await allow(machine, 'checks', 'answers', `curl --fail --silent --show-error ${HEALTH}`);
      const transaction = await plannedTransaction(patient, 'lab-web');
      const checks = [{ tcp: PORT }, { http: HEALTH }, { command: 'answers' }];
      const result = await resultOf(
        patient,
        await give(patient, applying(transaction, { after: ['undrain'], checks })),
      );
      expect(result).toMatchObject({
        kind: 'applied',
        deploy: {
          checks: [
            { passed: false, message: expect.stringContaining('ECONNREFUSED') },
            { passed: false, message: expect.stringContaining('ECONNREFUSED') },
            { passed: false, message: expect.stringContaining('it ended with status 7') },
          ],
          lostListeners: [`tcp 127.0.0.1:${PORT} serve`],
        },
      });
      expect(await diary(machine)).toEqual(['undrain after 2']);
    });
  });

  test('nothing that root did not allow, or that others can write, is run; and nothing is installed', async () => {
    await on('guarded', GOOD, async (patient) => {
      const { machine } = patient;
      await allow(machine, 'steps', 'drain', WRITES_DIARY);
      const transaction = await plannedTransaction(patient, 'lab-web');
      const refused = async (rules: Parameters<typeof applying>[1]) => {
        const result = await resultOf(patient, await give(patient, applying(transaction, rules)));
        expect(result).toMatchObject({ kind: 'refused', code: 'step-not-allowed' });
        return result.kind === 'refused' ? result.message : '';
      };
      expect(await refused({ before: ['drain', 'absent'] })).toContain('there is no /etc/thimble/steps.d/absent');
      expect(await refused({ checks: [{ command: 'drain' }] })).toContain('there is no /etc/thimble/checks.d');
      await machine.shell('chmod g+w /etc/thimble/steps.d/drain');
      expect(await refused({ before: ['drain'] })).toContain('others than root can write');
      await machine.shell('chmod g-w /etc/thimble/steps.d/drain; chown nobody /etc/thimble');
      expect(await refused({ before: ['drain'] })).toContain('/etc/thimble does not belong to root');
      await machine.shell('chown root /etc/thimble; ln -s /bin/true /etc/thimble/steps.d/linked');
      expect(await refused({ after: ['linked'] })).toContain('is not a regular file');
      expect(await diary(machine)).toEqual([]);
      expect(await versionOf(patient, 'lab-web')).toBe('1');
    });
  });

  test('a step that fails before stops it with nothing installed, and the step after runs', async () => {
    await on('undrained', GOOD, async (patient) => {
      const { machine } = patient;
      await allow(machine, 'steps', 'drain', 'echo connections are open >&2; exit 3');
      await allow(machine, 'steps', 'undrain', WRITES_DIARY);
      const transaction = await plannedTransaction(patient, 'lab-web');
      const rules = { before: ['drain'], after: ['undrain'] };
      const result = await resultOf(patient, await give(patient, applying(transaction, rules)));
      expect(result).toMatchObject({
        kind: 'refused',
        code: 'step-failed',
        message: 'step drain failed before the installation',
        logTail: ['it ended with status 3', 'connections are open'],
      });
      expect(await diary(machine)).toEqual(['undrain after 1']);
    });
  });

  test('what is ready only when its window is over is not installed any more', async () => {
    await on('late', GOOD, async (patient) => {
      const { machine } = patient;
      await allow(machine, 'steps', 'drain', 'sleep 20');
      await allow(machine, 'steps', 'undrain', WRITES_DIARY);
      const transaction = await plannedTransaction(patient, 'lab-web');
      const rules = { before: ['drain'], after: ['undrain'] };
      const expiresAt = new Date(Date.now() + 12_000).toISOString();
      const result = await resultOf(patient, await give(patient, applying(transaction, rules), { expiresAt }));
      expect(result).toMatchObject({ kind: 'refused', code: 'expired' });
      expect(await diary(machine)).toEqual(['undrain after 1']);
      expect(await versionOf(patient, 'lab-web')).toBe('1');
    });
  });

  test('an agent that is killed while it drains drains again, and undrains once', async () => {
    await on('killed', GOOD, async (patient) => {
      const { machine } = patient;
      await allow(machine, 'steps', 'drain', `${WRITES_DIARY}\nsleep 5`);
      await allow(machine, 'steps', 'undrain', WRITES_DIARY);
      const transaction = await plannedTransaction(patient, 'lab-web');
      const id = await give(patient, applying(transaction, { before: ['drain'], after: ['undrain'] }));
      await machine.shell(
        'while ! [ -e /var/lib/lab/diary ]; do sleep 0.1; done; systemctl kill -s KILL thimble-agent.service',
      );
      expect(await resultOf(patient, id)).toMatchObject({ kind: 'applied' });
      expect(await diary(machine)).toEqual(['drain before 1', 'drain before 1', 'undrain after 2']);
    });
  });
});
