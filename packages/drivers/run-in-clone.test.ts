import { describe, expect, test } from 'vitest';
import { HostError } from './host.ts';
import { createRecordedHost, type Recording } from './recorded-host.ts';
import { runInClone, type CloneTask } from './run-in-clone.ts';

const FOLDER = '/var/lib/agent/trials/1';
const FILES = {
  '/proc/meminfo': 'MemAvailable:   9999999 kB\n',
  '/proc/1/mountinfo':
    '1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 8:2 / /var rw - ext4 /dev/b rw\n3 1 0:9 / /net rw - nfs4 x rw\n',
};
const taskOn = (recording: Recording, more: Partial<CloneTask> = {}) => {
  const host = createRecordedHost({ files: FILES, ...recording });
  const task: CloneTask = {
    host,
    signal: new AbortController().signal,
    folder: FOLDER,
    name: 'trial-1',
    steps: [{ argv: ['/bin/echo', 'a b', '$(c)'], deadlineMs: 1500, output: 100 }],
    env: {},
    limits: { deadlineMs: 60_000, diskBytes: 1_000_000, memoryBytes: 1_000_000 },
    hidden: new Map(),
    line: () => {},
    ...more,
  };
  return { host, task };
};
const saying = (status: string, output = ''): Recording => ({
  detached: (command, host) => {
    host.files.set(`${command.directory}/status`, Buffer.from(status));
    return { exitCode: 0, output };
  },
});
const left = (files: ReadonlyMap<string, Buffer>) => [...files.keys()].filter((path) => path.startsWith(FOLDER));

describe('a run in a clone', () => {
  test('hands over words, never a shell line, and leaves nothing', async () => {
    let step: string | undefined;
    const lines: string[] = [];
    const { host, task } = taskOn(
      {
        detached: (command, { files }) => {
          step = files.get(`${FOLDER}/steps/0000-2-100`)?.toString();
          files.set(`${command.directory}/status`, Buffer.from('trial clone\nours\ntrial step 0 5 YQ==\ntrial end\n'));
          return { exitCode: 0, output: 'log' };
        },
      },
      { line: (line) => lines.push(line) },
    );
    expect(await runInClone(task)).toMatchObject({
      kind: 'ran',
      clone: 'overlay in memory',
      steps: [{ exitCode: 0, output: 'a' }],
      output: 'log',
      gaps: [{ what: '/net' }],
      ended: true,
    });
    expect(step).toBe('/bin/echo\0a b\0$(c)\0');
    expect(lines).toEqual(['ours']);
    expect(host.ran.at(-1)?.slice(-8)).toEqual([FOLDER, 'memory', '1000000', '1000000', '60', 'layer', '/var', 'rw']);
    expect(left(host.files)).toEqual([]);
  });

  test('a limit of nothing is none that the kernel takes for no limit', async () => {
    const { host, task } = taskOn({}, { limits: { deadlineMs: 1000, diskBytes: 0, memoryBytes: 0 } });
    await runInClone(task);
    expect(host.ran.at(-1)?.slice(-7, -3)).toEqual(['memory', '1', '0', '1']);
  });

  test.each([
    ['the clone said why', saying(`trial impossible ${Buffer.from('no overlay').toString('base64')}\n`), 'no overlay'],
    ['it did not even begin', saying('', 'unshare failed: Operation not permitted\n'), 'unshare failed'],
    ['it said nothing', saying(''), 'could not be started'],
    ['there is no room', { files: { ...FILES, '/proc/meminfo': '' }, freeBytes: 0 }, 'a trial may take'],
    ['the mounts are not known', { files: { '/proc/meminfo': FILES['/proc/meminfo'] } }, 'mounts of this machine'],
  ])('is impossible, with the reason, when %s', async (_, recording, why) => {
    const { host, task } = taskOn(recording);
    const run = await runInClone(task);
    expect(run).toMatchObject({ kind: 'impossible' });
    expect(run.kind === 'impossible' && run.why).toContain(why);
    expect(left(host.files)).toEqual([]);
  });

  test('is impossible when the system refuses to start it', async () => {
    const { host, task } = taskOn({});
    const refusing = {
      ...host,
      startDetached: () => Promise.reject(new HostError('io', 'systemd-run: unknown assignment')),
    };
    expect(await runInClone({ ...task, host: refusing })).toEqual({
      kind: 'impossible',
      why: 'systemd-run: unknown assignment',
    });
  });

  test('that is cancelled has no result', async () => {
    const { host, task } = taskOn(saying('trial clone\n'), { signal: AbortSignal.abort() });
    expect(await runInClone(task)).toEqual({ kind: 'cancelled' });
    expect(left(host.files)).toEqual([]);
  });

  test('tells what stood in for programs that need a real machine', async () => {
    const { task } = taskOn(saying('trial clone\ntrial stood-in update-grub\ntrial end\n'));
    const run = await runInClone(task);
    expect(run.kind === 'ran' && run.gaps.at(-1)).toEqual({
      what: 'update-grub',
      why: 'the boot menu was not written: a clone has no disks',
    });
  });
});
