import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalHost, detachedExitCode, HostError } from './index.ts';

describe('this machine as a host', () => {
  const host = createLocalHost({ detach: 'session' });
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-host-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const ended = async (directory: string) => {
    for (let i = 0; i < 500 && (await host.detachedRuns({ name: 'x', directory })); i += 1) await host.sleep(20);
    return detachedExitCode(host, directory);
  };

  it('runs commands with a bare environment and no terminal', async () => {
    process.env['LEAKED'] = 'secret';
    const result = await host.run(['env'], { deadlineMs: 10_000, env: { ADDED: '1' } });
    delete process.env['LEAKED'];
    expect(result).toMatchObject({ exitCode: 0, signal: null, stopped: null });
    expect(result.stdout).toMatch(/^LC_ALL=C\.UTF-8$/m);
    expect(result.stdout).toMatch(/^ADDED=1$/m);
    expect(result.stdout).not.toContain('LEAKED');
    expect((await host.run(['sh', '-c', ': </dev/tty'], { deadlineMs: 10_000 })).exitCode).not.toBe(0);
  });

  it('hands arguments over as they are', async () => {
    const odd = 'a "b" $(id) `id` ; \\ \n';
    expect((await host.run(['printf', '%s', odd], { deadlineMs: 10_000 })).stdout).toBe(odd);
    expect((await host.run(['cat'], { deadlineMs: 10_000, stdin: odd })).stdout).toBe(odd);
  });

  it('kills the whole group at the deadline', async () => {
    const pidFile = join(folder, 'pid');
    const script = `sleep 60 & echo $! > ${pidFile}; wait`;
    const result = await host.run(['sh', '-c', script], { deadlineMs: 300 });
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', stopped: 'deadline' });
    const pid = readFileSync(pidFile, 'utf8').trim();
    const state = (await host.readFile(`/proc/${pid}/stat`, { maxBytes: 4096 }))?.toString().split(') ')[1]?.[0];
    expect([undefined, 'Z', 'X']).toContain(state);
  });

  it('stops when it is asked to', async () => {
    const abort = new AbortController();
    const running = host.run(['sleep', '60'], { deadlineMs: 60_000, signal: abort.signal });
    abort.abort();
    expect(await running).toMatchObject({ stopped: 'aborted' });
  });

  it('cuts output at its limit without stopping the command', async () => {
    const result = await host.run(['sh', '-c', 'head -c 100000 /dev/zero; exit 3'], {
      deadlineMs: 10_000,
      maxOutputBytes: 1000,
    });
    expect(result).toMatchObject({ exitCode: 3, truncated: true });
    expect(result.stdout).toHaveLength(1000);
  });

  it('says that there is no such command', async () => {
    await expect(host.run(['/no/such'], { deadlineMs: 1000 })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('gives null for what is not there, and errors for the rest', async () => {
    const path = join(folder, 'none');
    expect(await host.readFile(path, { maxBytes: 1 })).toBeNull();
    expect(await host.readFile(join(path, 'below'), { maxBytes: 1 })).toBeNull();
    expect(await host.listDirectory(path)).toBeNull();
    expect(await host.stat(path)).toBeNull();
    await host.writeFile(path, 'four', { mode: 0o600 });
    await expect(host.readFile(path, { maxBytes: 3 })).rejects.toBeInstanceOf(HostError);
    expect((await host.readFile(path, { maxBytes: 4 }))?.toString()).toBe('four');
    expect((await host.readRange(path, { offsetBytes: 1, lengthBytes: 2 }))?.toString()).toBe('ou');
    expect(await host.readRange(path, { offsetBytes: 9, lengthBytes: 2 })).toHaveLength(0);
    expect(await host.listDirectory(folder)).toEqual(['none']);
    await host.remove(path);
    await host.remove(path);
    expect(await host.stat(path)).toBeNull();
  });

  it('reads files of /proc, which say that they are empty, up to the limit', async () => {
    expect((await host.readFile('/proc/self/status', { maxBytes: 1_000_000 }))?.length).toBeGreaterThan(100);
    await expect(host.readFile('/proc/self/status', { maxBytes: 10 })).rejects.toMatchObject({ code: 'too-large' });
  });

  it('reads another root, and runs nothing in it', async () => {
    mkdirSync(join(folder, 'etc'));
    writeFileSync(join(folder, 'etc/os-release'), 'ID=other\n');
    symlinkSync('os-release', join(folder, 'etc/link'));
    const other = createLocalHost({ root: folder });
    expect((await other.readFile('/etc/os-release', { maxBytes: 100 }))?.toString()).toBe('ID=other\n');
    expect(await other.readLink('/etc/link')).toBe('os-release');
    await expect(other.run(['true'], { deadlineMs: 1000 })).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('tells how a detached command ended, what it said, and its status lines', async () => {
    const argv = ['sh', '-c', 'echo out; echo err >&2; echo "$ADDED" >&3; exit 7'];
    await host.startDetached({ name: 'x', argv, env: { ADDED: 'status' }, directory: folder });
    expect(await ended(folder)).toBe(7);
    const read = async (name: string) => (await host.readFile(join(folder, name), { maxBytes: 1000 }))?.toString();
    expect([await read('output'), await read('status')]).toEqual(['out\nerr\n', 'status\n']);
  });

  it('tells that a detached command was killed: it does not run, and has no exit code', async () => {
    await host.startDetached({ name: 'x', argv: ['sleep', '60'], directory: folder });
    expect(await host.detachedRuns({ name: 'x', directory: folder })).toBe(true);
    await host.stopDetached({ name: 'x', directory: folder });
    expect(await ended(folder)).toBeNull();
  });

  it('does not take a process of this boot for the one of an earlier boot, whatever its number', async () => {
    await host.startDetached({ name: 'x', argv: ['sleep', '60'], directory: folder });
    const path = join(folder, 'process');
    const ours = readFileSync(path, 'utf8');
    writeFileSync(path, ours.replace(/[0-9a-f-]{36}/, '00000000-0000-4000-8000-000000000000'));
    expect(await host.detachedRuns({ name: 'x', directory: folder })).toBe(false);
    writeFileSync(path, ours);
    await host.stopDetached({ name: 'x', directory: folder });
    expect(await ended(folder)).toBeNull();
  });

  it('says that it runs while anything of its session does', async () => {
    await host.startDetached({ name: 'x', argv: ['sh', '-c', 'sleep 2 & kill -9 $PPID'], directory: folder });
    await host.sleep(300);
    expect(await host.detachedRuns({ name: 'x', directory: folder })).toBe(true);
    expect(await ended(folder)).toBeNull();
  });
});
