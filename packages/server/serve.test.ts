import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestDatabase } from './testing.ts';

interface Started {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly url: string;
  readonly link: string;
  readonly caFingerprint: string;
  readonly keyid: string;
}

/** Whole servers start and end in these: seconds on a free machine, far more on a busy one. */
vi.setConfig({ testTimeout: 180_000 });
const START_DEADLINE_MS = 150_000;

let folder: string;
/** One data directory for the tests that go on from whatever was there before, as a real one does. */
let shared: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  shared = await mkdtemp('/tmp/thimble-serve-');
  await chmod(shared, 0o755);
});
afterAll(() => rm(shared, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp('/tmp/thimble-serve-');
  await chmod(folder, 0o755);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => end(each, 'SIGTERM')));
  await rm(folder, { recursive: true, force: true });
});

/** The server in a process of its own, ended by SIGTERM as systemd does it. */
const SCRIPT = `
  const { startServer, loadSettings, processSources } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
  try {
    const server = await startServer(loadSettings(processSources(process.argv.slice(1))), { stages: [] });
    process.once('SIGTERM', () => server.stop().then(() => process.exit(0)));
    server.failed.then(async () => { await server.stop(); process.exit(3); });
    console.log(JSON.stringify({ url: server.localUrl, link: await server.signInLink(),
      caFingerprint: server.caFingerprint, keyid: server.context.orderKey.keyid }));
  } catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message })); process.exit(1); }`;

function launch(...flags: string[]): ChildProcess {
  const words = [
    '--input-type=module',
    '-e',
    SCRIPT,
    '--',
    '--host=127.0.0.1',
    '--postgres-shared-buffers-mb=8',
    ...flags,
  ];
  const log = openSync(join(folder, 'log'), 'a');
  const child = spawn(process.execPath, words, {
    stdio: ['ignore', 'pipe', log],
    // Reading the whole source is half of what a start costs.
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(shared, 'compiled') },
  });
  closeSync(log);
  started.push(child);
  return child;
}

async function start(...flags: string[]): Promise<Started> {
  const child = launch(...flags);
  const facts = JSON.parse(await firstLine(child)) as Started & { message?: string };
  expect(facts.message).toBeUndefined();
  return { ...facts, process: child, pid: child.pid ?? 0 };
}

/** @throws with the server's log when it ends, or the time is up, before it has said that it works */
async function firstLine(child: ChildProcess): Promise<string> {
  const giveUp = new AbortController();
  const signal = AbortSignal.any([giveUp.signal, AbortSignal.timeout(START_DEADLINE_MS)]);
  child.once('close', (code, by) => giveUp.abort(new Error(`it ended with ${by ?? `status ${code}`}`)));
  try {
    const [line] = (await once(child.stdout ?? child, 'data', { signal })) as [Buffer];
    return line.toString();
  } catch (cause) {
    throw new Error(`the server did not start:\n${await readFile(join(folder, 'log'), 'utf8')}`, { cause });
  }
}

async function refused(...flags: string[]): Promise<{ code: string; message: string }> {
  const child = launch(...flags);
  if (child.stdout === null) throw new Error('no output');
  return JSON.parse(await text(child.stdout)) as { code: string; message: string };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, 'exit');
  child.kill(signal);
  const [code] = (await exit) as [number | null];
  return code;
}

async function signIn({ url, link }: Started): Promise<Response> {
  const [, secret = ''] = link.split('/sign-in#');
  return fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ link: secret }),
  });
}

async function makeToken(server: Started): Promise<string> {
  const session = await signIn(server);
  const reply = await fetch(`${server.url}/api/v1/tokens`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      cookie: session.headers.getSetCookie().join().split(';', 1)[0] ?? '',
    },
    body: JSON.stringify({ name: 'kept' }),
  });
  return ((await reply.json()) as { secret: string }).secret;
}

async function isKnown(server: Started, token: string): Promise<boolean> {
  return (await fetch(`${server.url}/api/v1/session`, { headers: { authorization: `Bearer ${token}` } })).ok;
}

test('after kill -9 the next start has what was committed, and the same keys', async () => {
  const data = join(shared, 'data');
  const first = await start(`--data=${data}`, '--port=0');
  const token = await makeToken(first);
  await end(first.process, 'SIGKILL');
  const second = await start(`--data=${data}`, '--port=0');
  expect(await isKnown(second, token)).toBe(true);
  expect(second).toMatchObject({ caFingerprint: first.caFingerprint, keyid: first.keyid });
  expect(await end(second.process, 'SIGTERM')).toBe(0);
});

test('kill -9 at any moment of the first start leaves a directory that the next start can use', async () => {
  const data = join(folder, 'data');
  for (const delayMs of [150, 300, 500, 700]) {
    const child = launch(`--data=${data}`, '--port=0');
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await end(child, 'SIGKILL');
  }
  const server = await start(`--data=${data}`, '--port=0');
  expect((await signIn(server)).status).toBe(200);
});

test('a second instance on the same data is refused with who holds it; the first one stays', async () => {
  const data = join(shared, 'data');
  const first = await start(`--data=${data}`, '--port=0');
  const { code, message } = await refused(`--data=${data}`, '--port=0');
  expect(code).toBe('already-running');
  expect(message).toContain(`process ${first.pid}, ${first.url}`);
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
});

test('a taken port is refused before anything else is made', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const data = join(folder, 'data');
  const { code, message } = await refused(`--data=${data}`, `--port=${port}`);
  holder.close();
  expect(code).toBe('port-taken');
  expect(message).toContain(`port ${port} is taken`);
  expect(await readdir(data)).toEqual(['instance.lock']);
});

test('when its PostgreSQL dies the server ends with an error, and the next start works', async () => {
  const data = join(shared, 'data');
  const first = await start(`--data=${data}`, '--port=0');
  const token = await makeToken(first);
  const exit = once(first.process, 'exit');
  const [pid] = (await readFile(join(data, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGKILL');
  expect(await exit).toEqual([3, null]);
  const second = await start(`--data=${data}`, '--port=0');
  expect(await isKnown(second, token)).toBe(true);
});

test('what is secret in the data directory is readable for its owner only', async () => {
  const data = join(shared, 'data');
  await start(`--data=${data}`, '--port=0');
  const open: string[] = [];
  for (const name of [
    'keys/order-key.pem',
    'keys/log-key.pem',
    'keys/secrets-key',
    'tls/ca.pem',
    'tls/server.pem',
    'run/api.sock',
    'keys',
    'tls',
    'postgres',
  ])
    if (((await stat(join(data, name))).mode & 0o077) !== 0) open.push(name);
  expect(open).toEqual([]);
});

describe('with a PostgreSQL of one\u2019s own', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test('two replicas work on one database, and no embedded one is started', async () => {
    const { host = '', user = '', database: name = '' } = database.connection;
    const url = `--database-url=postgresql:///${name}?host=${encodeURIComponent(host)}&user=${user}`;
    const one = await start(`--data=${join(folder, '1')}`, '--port=0', url);
    const second = [`--data=${join(folder, '2')}`, '--port=0', url];
    // What one seals, the other has to open.
    expect(await refused(...second)).toMatchObject({ code: 'secrets-key-missing' });
    second.push(`--secrets-key-file=${join(folder, '1', 'keys', 'secrets-key')}`);
    // Endpoints trust one order key: a replica that made its own would sign in vain.
    expect(await refused(...second)).toMatchObject({ code: 'order-key-differs' });
    second.push(`--order-key=${join(folder, '1', 'keys', 'order-key.pem')}`);
    // Auditors know one log key.
    expect(await refused(...second)).toMatchObject({ code: 'log-key-differs' });
    const two = await start(...second, `--log-key=${join(folder, '1', 'keys', 'log-key.pem')}`);
    const token = await makeToken(one);
    expect(await isKnown(two, token)).toBe(true);
    expect(await readdir(join(folder, '1'))).not.toContain('postgres');
  });

  test('one that does not answer is refused', async () => {
    const url = '--database-url=postgresql://nobody@127.0.0.1:1/x';
    expect(await refused(`--data=${join(folder, '3')}`, '--port=0', url)).toMatchObject({ code: 'unreachable' });
  });
});
