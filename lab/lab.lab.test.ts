import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLab, labForTests, listLabs, remainsOf, run, sweepLabs, type Endpoint, type Lab } from './index.ts';
import { withFileLock } from './file-lock.ts';
import { labsLock } from './folders.ts';
import { startTicksOf } from './owner.ts';
import { sweepLocked } from './remains.ts';

const availability = labForTests('the lab itself');
/** Generous: the machine may be busy with other tests. */
const SOON = { timeout: 20_000 };

describe.skipIf(!availability.available)('an endpoint', () => {
  let lab: Lab;
  let web: Endpoint;
  beforeAll(async () => {
    lab = await createLab({ tag: 'lab test' });
    web = await lab.endpoint({ name: 'web', base: 'web' });
    await web.boot();
  });
  afterAll(async () => {
    const { number } = lab.network;
    await lab.destroy();
    expect(remainsOf(number)).toEqual([]);
  });

  test('is a Debian machine with a name, systemd, services and an address of its own', async () => {
    expect(await web.shell('hostname; cat /proc/1/comm; systemctl is-active nginx ssh')).toBe(
      'web\nsystemd\nactive\nactive\n',
    );
    expect(await web.shell('ip -4 -o addr show eth0')).toContain(` ${web.address}/24 `);
    expect(await web.shell('getent hosts lab-host')).toContain(lab.gateway);
  });

  test('gives the exit code and both streams of a command and passes its input', async () => {
    const argv = ['sh', '-c', 'read line; echo "$line $COLOUR $(pwd)"; echo oops >&2; exit 3'];
    const result = await web.exec(argv, { stdin: 'hello\n', env: { COLOUR: 'red' }, cwd: '/etc' });
    expect(result).toMatchObject({ code: 3, stdout: 'hello red /etc\n', stderr: 'oops\n', timedOut: false });
    await expect(web.shell('exit 4')).rejects.toMatchObject({ code: 'command-failed' });
  });

  test('ends a command at its deadline, with what it started in a session of its own', async () => {
    const result = await web.exec(['sh', '-c', 'setsid sleep 4321 & sleep 4322'], { timeoutMs: 500 });
    expect(result.timedOut).toBe(true);
    await vi.waitFor(async () => expect((await web.exec(['pgrep', '-f', 'sleep 432[12]'])).code).toBe(1), SOON);
  });

  test('has files that are read and written as it sees them, on and off', async () => {
    // Absolute links must lead into the endpoint, not into this machine.
    await web.shell('mkdir -p /root/real; ln -sfn /root/real /root/link');
    await web.write('/root/link/file', 'one');
    expect(await web.read('/root/real/file')).toBe('one');
    await web.put(import.meta.dirname, '/root/lab');
    expect(await web.read('/root/lab/index.ts')).toBe(readFileSync(`${import.meta.dirname}/index.ts`, 'utf8'));
    await web.stop();
    await web.write('/root/link/file', 'two', 0o600);
    expect(await web.read('/root/real/file')).toBe('two');
    await web.boot();
    expect(await web.shell('stat -c %a /root/real/file; cat /root/real/file')).toBe('600\ntwo');
  });

  test('reboots by itself, with a new boot id and an empty /run', async () => {
    const [pid1, bootId] = [web.pid1, await web.bootId()];
    await web.write('/run/before', '');
    await web.write('/root/before', 'kept');
    await web.exec(['systemctl', '--no-block', 'reboot']);
    expect(await web.waitUntilUp(pid1)).toBe('running');
    expect(await web.bootId()).not.toBe(bootId);
    expect((await web.exec(['test', '-e', '/run/before'])).code).toBe(1);
    expect(await web.read('/root/before')).toBe('kept');
  });

  test('loses its power at once, keeps its files and boots again', async () => {
    await web.shell('echo "trap \'touch /root/handled\' TERM; while :; do sleep 1; done" > /root/loop');
    const loop = web.exec(['sh', '/root/loop']);
    await vi.waitFor(async () => expect((await web.exec(['pgrep', '-f', '/root/loop'])).code).toBe(0), SOON);
    await web.powerOff();
    expect(web.isOn).toBe(false);
    expect((await loop).code).not.toBe(0);
    await expect(web.exec(['true'])).rejects.toMatchObject({ code: 'endpoint-state' });
    await web.boot();
    expect((await web.exec(['test', '-e', '/root/handled'])).code).toBe(1);
  });

  test('is unreachable while its cable is cut', async () => {
    const ask = ['curl', '-s', '-o', '/dev/null', '-m', '2', '--connect-timeout', '1', `http://${web.address}`];
    const other = await lab.endpoint({ name: 'other', base: 'web' });
    await other.boot();
    expect((await other.exec(ask)).code).toBe(0);
    await web.cutNetwork();
    expect((await other.exec(ask)).code).toBe(28);
    await web.restoreNetwork();
    await vi.waitFor(async () => expect((await other.exec(ask)).code).toBe(0), SOON);
    await other.destroy();
  });

  test('shows another kernel release than the machine, and its own boot id, in hardened services too', async () => {
    const probe = async (): Promise<string> => {
      const hardened = [
        '--unit=thimble-agent-probe',
        '-p',
        'ProtectKernelTunables=yes',
        '-p',
        'ProtectControlGroups=yes',
      ];
      const files = ['/proc/sys/kernel/osrelease', '/proc/sys/kernel/random/boot_id'];
      return (await web.exec(['systemd-run', '-q', '--pipe', '--wait', ...hardened, 'cat', ...files])).stdout;
    };
    await web.setRunningKernel('6.1.0-1-test');
    expect(await probe()).toBe(`6.1.0-1-test\n${await web.bootId()}\n`);
    await web.reboot();
    expect(await probe()).toBe(`6.1.0-1-test\n${await web.bootId()}\n`);
    await web.setRunningKernel({ kind: 'machine' });
    expect(await web.read('/proc/sys/kernel/osrelease')).toBe(readFileSync('/proc/sys/kernel/osrelease', 'utf8'));
  });

  test('can be cloned in the state that it was frozen in', async () => {
    const first = await lab.endpoint({ name: 'first', base: 'web' });
    await first.write('/root/prepared', 'yes');
    const image = await first.freeze();
    const clones = await Promise.all(['a', 'b'].map((name) => lab.endpoint({ name, base: image })));
    const ids = await Promise.all(clones.map((clone) => clone.read('/etc/machine-id')));
    expect(new Set(ids).size).toBe(2);
    expect(await Promise.all(clones.map((clone) => clone.read('/root/prepared')))).toEqual(['yes', 'yes']);
    await expect(first.boot()).rejects.toMatchObject({ code: 'endpoint-state' });
  });

  test('has a disk that fills up, is the same after a reboot and can be freed', async () => {
    const path = '/var/cache/apt';
    const small = await lab.endpoint({ name: 'small', base: 'web', disks: { [path]: 4 << 20 } });
    await small.boot();
    const free = await small.fillDisk(path, 8192);
    const write = ['sh', '-c', `head -c 100000 /dev/zero > ${path}/file`];
    expect(await small.exec(write)).toMatchObject({ code: 1, stderr: expect.stringContaining('No space left') });
    await small.reboot();
    expect((await small.exec(write)).code).toBe(1);
    await free();
    expect((await small.exec(write)).code).toBe(0);
  });
});

describe.skipIf(!availability.available)('labs side by side', () => {
  test('have their own bridge and addresses, and one is destroyed without harm to the other', async () => {
    await using one = await createLab({ tag: 'one' });
    const endpoint = await one.endpoint({ name: 'web', base: 'web' });
    await endpoint.boot();
    {
      await using two = await createLab({ tag: 'two' });
      const twin = await two.endpoint({ name: 'web', base: 'web' });
      await twin.boot();
      expect(twin.address).not.toBe(endpoint.address);
      expect(listLabs().map((lab) => lab.tag)).toEqual(expect.arrayContaining(['one', 'two']));
      const number = two.network.number;
      await two.destroy();
      expect(remainsOf(number)).toEqual([]);
    }
    expect(await endpoint.shell('systemctl is-active nginx')).toBe('active\n');
  });

  test('of a process that was killed are removed by their watchdog', async () => {
    await using child = await startOwner();
    child.process.kill('SIGKILL');
    await vi.waitFor(() => expect(remainsOf(child.number)).toEqual([]), { ...SOON, interval: 100 });
    expect(startTicksOf(child.pid1)).toBeUndefined();
  });

  test('are removed by the next sweep when their watchdog was killed as well', async () => {
    await using child = await startOwner();
    const watchdog = (await run(['pgrep', '-P', String(child.process.pid), '-f', 'lab/watch.ts'])).stdout.trim();
    // Whoever makes a lab elsewhere on this machine sweeps, too: not before we do.
    await withFileLock(labsLock, async () => {
      process.kill(Number(watchdog), 'SIGKILL');
      child.process.kill('SIGKILL');
      await once(child.process, 'exit');
      expect(remainsOf(child.number)).not.toEqual([]);
      expect((await sweepLocked()).map((lab) => lab.number)).toContain(child.number);
      expect(remainsOf(child.number)).toEqual([]);
    });
    expect((await sweepLabs()).map((lab) => lab.number)).not.toContain(child.number);
  });
});

/** Another process that owns a lab with a running endpoint. */
async function startOwner() {
  const script = `
    import { createLab } from ${JSON.stringify(`${import.meta.dirname}/index.ts`)};
    const lab = await createLab({ tag: 'of another process' });
    const endpoint = await lab.endpoint({ name: 'web', base: 'web' });
    await endpoint.boot();
    console.log(JSON.stringify({ number: lab.network.number, pid1: endpoint.pid1 }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { number, pid1 } = JSON.parse(line.toString()) as { number: number; pid1: number };
  return {
    process: child,
    number,
    pid1,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
    },
  };
}
