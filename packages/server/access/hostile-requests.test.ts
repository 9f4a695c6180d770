import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STAGES } from '../stages.ts';
import { type TestServer, startTestServer } from '../testing.ts';

interface Route {
  readonly method: string;
  readonly path: string;
}

const MEBIBYTE = 1024 * 1024;
/** More than any body may have: the largest is a bundle's list, of 128 MiB. */
const TOO_MANY_BYTES = 200 * MEBIBYTE;
/** Not refused for what they announce. A new one has to be written down here, with the reason. */
const ANNOUNCE_ANYTHING: ReadonlySet<string> = new Set([
  // Go to the disk as they come: what is taken is counted there.
  'PUT /api/v1/content/import/objects/{sha256}',
  'POST /api/v1/feeds/import',
  // Its credential is looked at before: a stranger's body is never read.
  'POST /api/v1/relay/hello',
]);
/** A server that waits for a body that it should have refused. */
const ANSWER_MS = 10_000;
/** Whose bodies are bytes, whatever they say to be: their routes check them. */
const TAKES_BYTES = /^(?:POST|PUT) \/api\/v1\/(?:agent\/|content\/import\/objects\/|content\/keys$|relay\/)/;
const SOME_ID = '00000000-0000-7000-8000-000000000009';
/** Valid ones, so that nothing but what is tried can be the reason of a refusal. */
const PARAMETERS: Readonly<Record<string, string>> = { kind: 'manifest', sha256: '0'.repeat(64) };
/** What is in no file that a route may give out. */
const SECRET = 'this-is-never-given-out';

let server: TestServer;
let parent: string;
let routes: readonly Route[];

beforeAll(async () => {
  parent = await mkdtemp('/tmp/thimble-hostile-');
  const consoleDirectory = join(parent, 'console');
  await mkdir(join(consoleDirectory, 'assets'), { recursive: true });
  await writeFile(join(consoleDirectory, 'index.html'), 'the console');
  server = await startTestServer({ stages: STAGES, consoleDirectory });
  const { data } = server.context.settings;
  // So that there are folders to climb out of.
  for (const folder of ['downloads', 'agent-updates', 'content']) await mkdir(join(data, folder), { recursive: true });
  for (const folder of [parent, data]) await writeFile(join(folder, 'secret.txt'), SECRET);
  const reply = await send('GET', '/api/v1/openapi.json');
  const { paths } = JSON.parse(reply.text) as { paths: Record<string, object> };
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
});
afterAll(async () => {
  await server.stop();
  await rm(parent, { recursive: true, force: true });
});

/** As whoever may do anything, with the address exactly as it is given: no client makes it harmless before. */
function send(
  method: string,
  path: string,
  headers: Readonly<Record<string, string | number>> = {},
  body?: Uint8Array | string,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ socketPath: server.socketPath, method, path, headers, agent: false }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      reply.once('end', () => {
        resolve({ status: reply.statusCode ?? 0, text });
        request.destroy();
      });
    });
    request.once('error', reject);
    request.setTimeout(ANSWER_MS, () => {
      resolve({ status: 0, text: 'no answer' });
      request.destroy();
    });
    // A body that is only announced keeps the request open.
    if (body === undefined && headers['content-length'] !== undefined) request.flushHeaders();
    else request.end(body);
  });
}

/** With its length, which the client leaves out where bodies are unusual. */
const withBody = (
  { method }: Route,
  address: string,
  type: string,
  body: string | Uint8Array,
  more: Readonly<Record<string, string>> = {},
): ReturnType<typeof send> =>
  send(method, address, { ...more, 'content-type': type, 'content-length': Buffer.byteLength(body) }, body);

const filled = ({ path }: Route): string =>
  path.replace(/\{([^}]+)\}/g, (_all, name: string) => PARAMETERS[name] ?? SOME_ID);
const named = ({ method, path }: Route): string => `${method} ${path}`;
const withBodies = (): readonly Route[] => routes.filter(({ method }) => method !== 'GET' && method !== 'HEAD');

const WAYS_OUT: readonly (readonly [string, string])[] = [
  ['encoded slashes', '..%2f..%2fsecret.txt'],
  ['encoded dots', '%2e%2e/%2e%2e/secret.txt'],
  ['dots as they stand', '../../secret.txt'],
  ['twice encoded', '%252e%252e%252fsecret.txt'],
  ['separators of Windows', '..%5c..%5csecret.txt'],
  ['separators of Windows as they stand', '..\\secret.txt'],
  ['a zero byte', 'secret.txt%00.json'],
  ['a zero byte in the middle', '..%2f%00..%2fsecret.txt'],
  ['an address from the root', '%2fetc%2fpasswd'],
  ['a drive', 'C:%5csecret.txt'],
  ['dots in more bytes than they need', '%c0%ae%c0%ae%c0%afsecret.txt'],
  ['a dot of another alphabet', '%ef%bc%8e%ef%bc%8e%2fsecret.txt'],
  ['a stream of Windows', 'secret.txt::$DATA'],
];

test.each(WAYS_OUT)('no route gives a file outside its folder: %s', async (_name, way) => {
  const given = routes.filter(({ method, path }) => method === 'GET' && path.includes('{'));
  expect(given.length).toBeGreaterThan(30);
  const addresses = [
    ...given.map(({ path }) => path.replace(/\{[^}]+\}/g, way)),
    ...['/', '/assets/', '/content/objects/', `/content/revisions/${SOME_ID}/`, '/updates/'].map((base) => base + way),
  ];
  const wrong: string[] = [];
  for (const address of addresses) {
    const { status, text } = await send('GET', address);
    if (status >= 500 || text.includes(SECRET) || text.includes('root:')) wrong.push(`${address}: ${status} ${text}`);
  }
  expect(wrong).toEqual([]);
});

test.each(WAYS_OUT)('no route takes a file under such a name: %s', async (_name, way) => {
  const taking = withBodies().filter(({ path }) => path.includes('{'));
  expect(taking.length).toBeGreaterThan(40);
  const wrong: string[] = [];
  for (const route of taking) {
    const address = route.path.replace(/\{[^}]+\}/g, way);
    const { status, text } = await withBody(route, address, 'application/json', '{}');
    if (status < 400 || status >= 500) wrong.push(`${route.method} ${address}: ${status} ${text}`);
  }
  expect(wrong).toEqual([]);
});

test('no route waits for a body that announces more than it may have', async () => {
  const wrong: string[] = [];
  for (const route of withBodies()) {
    if (ANNOUNCE_ANYTHING.has(named(route))) continue;
    const headers = { 'content-type': 'application/json', 'content-length': TOO_MANY_BYTES };
    const { status, text } = await send(route.method, filled(route), headers);
    if (status !== 413) wrong.push(`${named(route)}: ${status} ${text}`);
  }
  expect(wrong).toEqual([]);
});

test('a body of another type, or one that is packed, is taken by no route for people', async () => {
  const packed = gzipSync(Buffer.alloc(64 * MEBIBYTE, 0x20));
  const wrong: string[] = [];
  for (const route of withBodies().filter((each) => !TAKES_BYTES.test(named(each)))) {
    const form = await withBody(route, filled(route), 'text/html', '<p>');
    if (form.status !== 415) wrong.push(`${named(route)} as text: ${form.status} ${form.text}`);
    const bomb = await withBody(route, filled(route), 'application/json', packed, { 'content-encoding': 'gzip' });
    if (bomb.status < 400 || bomb.status >= 500) wrong.push(`${named(route)} packed: ${bomb.status} ${bomb.text}`);
  }
  expect(wrong).toEqual([]);
});
