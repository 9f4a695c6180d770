import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Binaries, listBinaries } from './binaries.ts';
import { type RunningPostgres, startPostgres } from './index.ts';

const ROOT = process.getuid?.() === 0;
const STARTER = join(import.meta.dirname, 'index.ts');
/** Whole servers start and end in these: seconds on a free machine, far more on a busy one. */
vi.setConfig({ testTimeout: 180_000 });

let folder: string;
/** For the tests that go on from whatever was there before: making a database takes longer than starting it. */
let shared: string;

beforeAll(async () => {
  shared = await mkdtemp('/tmp/thimble-pg-');
  await chmod(shared, 0o755);
});
afterAll(() => rm(shared, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp('/tmp/thimble-pg-');
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function start(dataDirectory: string, binaries?: readonly Binaries[]): Promise<RunningPostgres> {
  return startPostgres({
    dataDirectory,
    sharedBuffersMb: 8,
    maximumConnections: 20,
    onLog: () => undefined,
    ...(binaries === undefined ? {} : { binaries }),
  });
}

async function query(server: RunningPostgres, text: string): Promise<unknown[]> {
  const client = new Client({ host: server.socketDirectory, user: server.user, database: server.database });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
}

/** A process that starts the server, says so, and then waits to be killed. */
async function spawnOwner(dataDirectory: string, prefix: readonly string[] = []): Promise<ChildProcess> {
  const script = `const { startPostgres } = await import(${JSON.stringify(STARTER)});
    const server = await startPostgres({ dataDirectory: ${JSON.stringify(dataDirectory)}, sharedBuffersMb: 8,
      maximumConnections: 20, onLog() {} });
    console.log(server.pid); setInterval(() => {}, 1000);`;
  const words = [...prefix, process.execPath, '--input-type=module', '-e', script];
  const owner = spawn(words[0] ?? '', words.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  expect(Number(line.toString())).toBeGreaterThan(0);
  return owner;
}

async function killHard(owner: ChildProcess): Promise<void> {
  const exit = once(owner, 'exit');
  owner.kill('SIGKILL');
  await exit;
}

describe.each(listBinaries().map((binaries) => [`${binaries.origin} ${binaries.major}`, binaries] as const))(
  'PostgreSQL of %s',
  (_name, binaries) => {
    test('starts, listens on its socket only, keeps data over a stop, in a path with spaces and quotes', async () => {
      const data = join(folder, 'a b"c, d');
      const first = await start(data, [binaries]);
      await query(first, 'create table kept as select 7 as n');
      expect(await query(first, 'show listen_addresses')).toEqual(['']);
      expect(await query(first, 'show server_encoding')).toEqual(['UTF8']);
      expect((await stat(first.socketDirectory)).mode & 0o777).toBe(0o700);
      await first.stop();
      expect(await first.ended).toMatchObject({ asked: true });
      const second = await start(data, [binaries]);
      expect(await query(second, 'select n from kept')).toEqual([7]);
      await second.stop();
    });
  },
);

test('a server whose owner was killed is gone or taken over, and what was committed is there', async () => {
  const data = join(shared, 'data');
  const owner = await spawnOwner(data);
  const [pid] = (await readFile(join(data, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  await killHard(owner);
  const server = await start(data);
  expect(server.pid).not.toBe(Number(pid));
  expect(await query(server, 'select 1')).toEqual([1]);
  await server.stop();
});

test('a server that nobody stopped is stopped before the next start', async () => {
  const data = join(shared, 'data');
  const first = await start(data);
  const second = start(data);
  await first.ended;
  expect(await query(await second, 'select 1')).toEqual([1]);
  await (await second).stop();
});

test.each(['another program', 'a zombie that nobody reaps'])(
  'the pid file of a dead server is no obstacle when its pid is now %s',
  async (which) => {
    const data = join(shared, 'data');
    await (await start(data)).stop();
    // The shell starts a child and becomes a program that never waits for it.
    const lazy = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(lazy.stdout, 'data')) as [Buffer];
    const pid = which === 'another program' ? process.pid : Number(line.toString());
    const file = join(data, 'postgres', 'postmaster.pid');
    await writeFile(file, `${pid}\n${join(data, 'postgres')}\n1\n5432\n\n\n0 0\nready\n`);
    await chmod(file, 0o644);
    try {
      const server = await start(data);
      expect(await query(server, 'select 1')).toEqual([1]);
      await server.stop();
    } finally {
      await killHard(lazy);
    }
  },
);

test('the death of the postmaster is reported with its reason', async () => {
  const server = await start(join(shared, 'data'));
  process.kill(server.pid, 'SIGKILL');
  expect(await server.ended).toMatchObject({ asked: false, reason: expect.stringContaining('SIGKILL') as string });
  await server.stop();
});

test('a data directory of a release that is not installed is refused with what to install', async () => {
  const data = join(folder, 'data');
  await mkdir(join(data, 'postgres'), { recursive: true });
  await writeFile(join(data, 'postgres', 'PG_VERSION'), '14\n');
  await expect(start(data)).rejects.toMatchObject({ code: 'wrong-major' });
  await expect(start(data)).rejects.toThrow(/apt-get install postgresql-14/);
});

test('without any binaries the message names the ways out', async () => {
  await expect(start(join(folder, 'data'), [])).rejects.toThrow(/apt-get install postgresql.*--database-url/);
});

test('a data path that is too long for a socket gets a short folder for it, which others can not prepare', async () => {
  const data = join(folder, 'x'.repeat(120));
  const server = await start(data);
  expect(Buffer.byteLength(`${server.socketDirectory}/.s.PGSQL.5432`)).toBeLessThan(107);
  expect((await stat(server.socketDirectory)).mode & 0o777).toBe(0o700);
  expect(await query(server, 'select 1')).toEqual([1]);
  await server.stop();
  await rm(join(server.socketDirectory, '..'), { recursive: true });
});

const packaged = listBinaries('/nonexistent');
test.skipIf(packaged.length === 0)('binaries without their library links are copied and completed', async () => {
  const [original] = packaged;
  if (original === undefined) return;
  const root = join(folder, 'package', 'native');
  await cp(original.root, root, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(await readFile(join(root, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  for (const { target } of links) await rm(join(root, '..', target), { force: true });
  const server = await start(join(folder, 'data'), [{ ...original, root, bin: join(root, 'bin') }]);
  expect(await query(server, 'select 1')).toEqual([1]);
  await server.stop();
});

describe.skipIf(!ROOT)('as root', () => {
  test('a data directory behind a closed folder is refused with what to do', async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await expect(start(join(closed, 'data'))).rejects.toMatchObject({ code: 'not-accessible' });
    await expect(start(join(closed, 'data'))).rejects.toThrow(/THIMBLE_DATA/);
  });

  test.skipIf(packaged.length === 0)('binaries in a checkout behind a closed folder are copied', async () => {
    const [original] = packaged;
    if (original === undefined) return;
    const root = join(folder, 'closed', 'native');
    await mkdir(join(folder, 'closed'), { mode: 0o700 });
    await cp(original.root, root, { recursive: true, verbatimSymlinks: true });
    const server = await start(join(folder, 'data'), [{ ...original, root, bin: join(root, 'bin') }]);
    expect(await query(server, 'select 1')).toEqual([1]);
    await server.stop();
  });

  test('another user without privileges starts it as itself', async () => {
    const data = join(folder, 'own');
    await mkdir(data);
    await chmod(data, 0o777);
    const owner = await spawnOwner(data, ['setpriv', '--reuid=nobody', '--regid=65534', '--clear-groups', '--']);
    expect((await stat(join(data, 'postgres'))).uid).toBe(65534);
    await killHard(owner);
  });
});
