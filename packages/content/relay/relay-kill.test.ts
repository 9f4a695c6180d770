import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FakeServer, RELAY_TOKEN, REVISION, startFakeServer } from './testing/fake-server.ts';

const FILES = 6;
const SIZE = 4_000_000;
let directory: string;
let server: FakeServer;
let child: ChildProcess | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'thimble-relay-'));
  server = await startFakeServer();
  for (let index = 0; index < FILES; index += 1) server.files.set(`f${index}`, { bytes: randomBytes(SIZE) });
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await server.down().catch(() => undefined);
  await rm(directory, { recursive: true });
});

async function start(): Promise<number> {
  const settings = JSON.stringify({ directory, upstream: server.url.href, token: RELAY_TOKEN });
  const started = spawn(
    process.execPath,
    [fileURLToPath(new URL('./testing/relay-process.ts', import.meta.url)), settings],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  child = started;
  const [port] = (await once(started.stdout, 'data')) as [Buffer];
  return Number(port.toString());
}

async function kill(): Promise<void> {
  if (child === undefined) return;
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** null: the answer was not whole. */
function ask(port: number, path: string): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${server.ticket()}` };
    const asked = request(
      { port, path: `/content/revisions/${REVISION}/${path}`, headers, agent: false },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', () => resolve(null));
        response.on('end', () => resolve(response.statusCode === 200 ? Buffer.concat(pieces) : null));
      },
    );
    asked.on('error', () => resolve(null));
    asked.end();
  });
}

async function assertObjectsAreWhole(): Promise<void> {
  const objects = join(directory, 'content', 'objects');
  for (const entry of await readdir(objects, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    const name = `${entry.parentPath.slice(-2)}${entry.name}`;
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(name);
  }
}

it('killed while it fetches, a relay never has or gives a wrong file, and goes on from there', async () => {
  for (const afterMs of [30, 110]) {
    const port = await start();
    const replies = Array.from({ length: FILES }, async (_, index) => {
      const bytes = await ask(port, `f${index}`);
      if (bytes !== null) expect(bytes.equals(server.files.get(`f${index}`)?.bytes ?? Buffer.alloc(0))).toBe(true);
    });
    await sleep(afterMs);
    await kill();
    await Promise.all(replies);
    await assertObjectsAreWhole();
  }
  const port = await start();
  for (const [path, { bytes }] of server.files) expect((await ask(port, path))?.equals(bytes)).toBe(true);
  await kill();
  await server.down();
  const offline = await start();
  for (const [path, { bytes }] of server.files) expect((await ask(offline, path))?.equals(bytes)).toBe(true);
}, 60_000);
