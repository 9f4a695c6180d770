import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentContentReply } from '@thimble/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock, type Clock } from '../clock.ts';
import { ServerFailure } from '../connection/server-failure.ts';
import { SILENT } from '../log.ts';
import { openDisk } from '../state/disk.ts';
import { makeCertificates } from '../testing/certificates.ts';
import { answering, startPlace, type TestPlace } from '../testing/content-place.ts';
import { getDigest as get, sha256Of } from '../testing/get-digest.ts';
import { createContentAccess } from './access.ts';
import { startGateway, type Gateway, type GatewayParts } from './gateway.ts';
import { createRelayDoubts, DOUBTED_MS } from './relay-doubts.ts';

const certificates = makeCertificates();
const others = makeCertificates();
const HASTE = 50;
const clock: Clock = { ...systemClock, sleep: (durationMs, signal) => systemClock.sleep(durationMs / HASTE, signal) };
const REVISION = '0199a5a0-0000-7000-8000-00000000000a';
const PATH = `/revisions/${REVISION}/pool/main/o/openssl/openssl_3.0_amd64.deb`;
const FILE = randomBytes(600_000);
const TICKET = 'the-ticket';

let folder: string;
let relay: TestPlace;
let server: TestPlace;
let gateway: Gateway;
let asked: number;
let reply: AgentContentReply | ServerFailure;
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thimble-gateway-'));
  relay = await startPlace('relay', certificates.server, []);
  server = await startPlace('server', certificates.server, [certificates.authority]);
  for (const place of [relay, server]) place.files.set(`/content${PATH}`, FILE);
  asked = 0;
  reply = accessTo([relay, server]);
  closing = [];
  gateway = await open();
});
afterEach(async () => {
  for (const close of closing) await close();
  await Promise.all([relay.close(), server.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function accessTo(places: readonly TestPlace[], ticket = TICKET, lifeMs = 3_600_000): AgentContentReply {
  const expiresAt = new Date(Date.now() + lifeMs).toISOString();
  return { ticket, expiresAt, places: places.map(({ place }) => place) };
}

async function open(
  more: Partial<GatewayParts> & {
    readonly bytesPerSecond?: number;
    readonly addressCount?: number;
    readonly now?: () => number;
  } = {},
): Promise<Gateway> {
  const content = () => {
    asked += 1;
    return reply instanceof ServerFailure ? Promise.reject(reply) : Promise.resolve(reply);
  };
  const disk = await openDisk(folder);
  const own = more.now === undefined ? clock : { ...clock, now: more.now };
  const access = createContentAccess({
    endpointId: 'e',
    disk,
    server: { content, clockOffsetMs: 0 },
    clock: own,
    log: SILENT,
  });
  const opened = await startGateway(
    {
      access,
      doubts: createRelayDoubts(own),
      trust: { certificatePem: certificates.authority.certificatePem },
      clock: own,
      log: SILENT,
      deadlines: { connectMs: 1_000, answerMs: 400, idleMs: 400 },
      ...more,
    },
    {
      revisionIds: new Set([REVISION]),
      bytesPerSecond: more.bytesPerSecond ?? null,
      addressCount: more.addressCount ?? 1,
    },
  );
  closing.push(() => opened.close());
  return opened;
}

const WHOLE = sha256Of(FILE);
const NOTHING = sha256Of(Buffer.alloc(0));
const fetchFile = () => get(gateway.baseUrl + PATH);
const lines = (place: TestPlace) => place.requests.map(({ line }) => line);

describe('content through the gateway', () => {
  test('comes from the relay alone, with the ticket, whole and in parts', async () => {
    expect(await fetchFile()).toMatchObject({ status: 200, body: WHOLE });
    const part = await get(gateway.baseUrl + PATH, { headers: { range: 'bytes=10-19' } });
    expect(part).toMatchObject({ status: 206, body: sha256Of(FILE.subarray(10, 20)) });
    const etag = `"${WHOLE}"`;
    expect(await get(gateway.baseUrl + PATH, { headers: { 'if-none-match': etag } })).toMatchObject({ status: 304 });
    const head = await get(gateway.baseUrl + PATH, { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: NOTHING, headers: { 'content-length': '600000', etag } });
    expect(new Set(relay.requests.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${TICKET}`]));
    expect(lines(server)).toEqual([]);
    expect(gateway.receivedBytes).toEqual({ relay: 600_010, server: 0 });
  });

  test('comes from the server when the relay is down, when it does not know it, and when it answers with an error', async () => {
    relay.files.clear();
    expect(await fetchFile()).toMatchObject({ status: 200, body: WHOLE });
    relay.intercept = (_, response) => {
      response.writeHead(500).end();
      return true;
    };
    expect(await fetchFile()).toMatchObject({ status: 200, body: WHOLE });
    await relay.close();
    gateway = await open();
    expect(await fetchFile()).toMatchObject({ status: 200, body: WHOLE });
    expect(gateway.receivedBytes).toEqual({ relay: 0, server: 600_000 });
  });

  test('goes on at the other place, at the same byte, when it breaks off in the middle', async () => {
    relay.cut = { afterBytes: 200_000, times: 1 };
    expect(await fetchFile()).toMatchObject({ status: 200, body: WHOLE });
    const { relay: before } = gateway.receivedBytes;
    expect(lines(server)).toEqual([`GET /content${PATH} bytes=${before}-599999`]);
    expect(gateway.receivedBytes).toEqual({ relay: before, server: 600_000 - before });
    expect(before).toBeGreaterThan(0);
  });

  test('goes on within a range, and again at the first place when there is no other', async () => {
    reply = accessTo([relay]);
    relay.cut = { afterBytes: 50_000, times: 3 };
    const part = await get(gateway.baseUrl + PATH, { headers: { range: 'bytes=100000-499999' } });
    expect(part).toMatchObject({ status: 206, body: sha256Of(FILE.subarray(100_000, 500_000)) });
    expect(relay.requests).toHaveLength(4);
  });

  test('goes on when nothing comes any more', async () => {
    relay.intercept = (_, response) => {
      response.writeHead(200, {
        etag: `"${WHOLE}"`,
        'content-length': FILE.length,
      });
      response.write(FILE.subarray(0, 1_000));
      return true;
    };
    expect(await fetchFile()).toMatchObject({ status: 200, body: WHOLE });
    expect(gateway.receivedBytes).toEqual({ relay: 1_000, server: 599_000 });
  });

  test('never joins two files: where the other place has another one, the answer breaks off', async () => {
    relay.cut = { afterBytes: 200_000, times: 1 };
    relay.intercept = (_, response) => {
      if (relay.requests.length > 1) response.writeHead(500).end();
      return relay.requests.length > 1;
    };
    server.files.set(`/content${PATH}`, randomBytes(600_000));
    await expect(fetchFile()).rejects.toThrow(/aborted|hang up/);
  });

  test.each([
    ['another part', 206, 'bytes 0-599999/600000'],
    ['the whole', 200, undefined],
    ['a part that it does not name', 206, undefined],
  ])('does not take %s for what is missing', async (_, status, range) => {
    relay.cut = { afterBytes: 200_000, times: 1 };
    relay.intercept = (_request, response) => {
      if (relay.requests.length > 1) response.writeHead(500).end();
      return relay.requests.length > 1;
    };
    server.intercept = (_request, response) => {
      response.writeHead(status, { etag: `"${WHOLE}"`, ...(range === undefined ? {} : { 'content-range': range }) });
      response.end(FILE);
      return true;
    };
    await expect(fetchFile()).rejects.toThrow(/aborted|hang up/);
    expect(gateway.receivedBytes.server).toBe(0);
  });

  test.each([403, 404, 412, 416, 451, 206, 304])(
    'a relay’s %s to a plain request counts for nothing while the server gives the file',
    async (status) => {
      relay.intercept = answering(status);
      expect(await fetchFile()).toMatchObject({ status: 200, body: WHOLE });
      expect(gateway.receivedBytes).toEqual({ relay: 0, server: 600_000 });
    },
  );

  test('a blocked file is refused with 451 when the server says so, and when only a relay can be asked', async () => {
    relay.intercept = answering(451);
    server.intercept = answering(451);
    expect(await fetchFile()).toMatchObject({ status: 451, body: NOTHING });
    expect(lines(server)).toHaveLength(1);
    await server.close();
    expect(await fetchFile()).toMatchObject({ status: 451, body: NOTHING });
  });

  test('a relay that has not heard of a recall gives nothing that another one refuses and the server too', async () => {
    const late = await startPlace('relay', certificates.server, []);
    late.files.set(`/content${PATH}`, FILE);
    try {
      reply = accessTo([relay, late, server]);
      relay.intercept = answering(451);
      server.intercept = answering(451);
      expect(await fetchFile()).toMatchObject({ status: 451, body: NOTHING });
      expect(lines(late)).toEqual([]);
    } finally {
      await late.close();
    }
  });

  test('relays that are left out are not asked, and doubted ones not for an hour, by others either', async () => {
    let nowMs = 0;
    const doubts = createRelayDoubts({ monotonic: () => nowMs });
    gateway = await open({ doubts });
    await get(gateway.baseUrl + PATH, { headers: { range: 'bytes=0-9' } });
    gateway.leaveRelaysOut();
    await fetchFile();
    expect(gateway.receivedBytes).toEqual({ relay: 10, server: 600_000 });
    gateway = await open({ doubts });
    await fetchFile();
    expect(gateway.doubtRelays()).toEqual(['relay']);
    gateway = await open({ doubts });
    await fetchFile();
    expect(gateway.receivedBytes).toEqual({ relay: 0, server: 600_000 });
    nowMs = DOUBTED_MS;
    await fetchFile();
    expect(gateway.receivedBytes).toEqual({ relay: 600_000, server: 600_000 });
  });

  test('what nobody has is 404, and what nobody gives is 503', async () => {
    expect(await get(`${gateway.baseUrl}/revisions/${REVISION}/other`)).toMatchObject({ status: 404 });
    await Promise.all([relay.close(), server.close()]);
    gateway = await open();
    expect(await fetchFile()).toMatchObject({ status: 503 });
  });

  test('no more than so many bytes a second pass, over all streams together', async () => {
    const waited: number[] = [];
    const slow: Clock = {
      ...systemClock,
      monotonic: () => 0,
      sleep: (durationMs) => {
        waited.push(durationMs);
        return Promise.resolve();
      },
    };
    gateway = await open({ clock: slow, bytesPerSecond: 100_000 });
    await Promise.all([fetchFile(), fetchFile()]);
    // 1.2 MB at 100 kB a second are 12 s, less what may pass at once.
    expect(Math.max(...waited)).toBeGreaterThan(11_000);
  });
});

describe('a place that is not the right one', () => {
  test('a relay with another certificate gets no request and no ticket', async () => {
    const impostor = await startPlace('relay', others.server, [], certificates.server.fingerprint);
    impostor.files.set(`/content${PATH}`, FILE);
    try {
      reply = accessTo([impostor, server]);
      expect(await fetchFile()).toMatchObject({ status: 200, body: WHOLE });
      expect(impostor.connections.count).toBeGreaterThan(0);
      expect(impostor.requests).toEqual([]);
      expect(gateway.receivedBytes).toEqual({ relay: 0, server: 600_000 });
    } finally {
      await impostor.close();
    }
  });

  test('a server that another authority vouches for gets none either', async () => {
    const impostor = await startPlace('server', others.server, [others.authority]);
    impostor.files.set(`/content${PATH}`, FILE);
    try {
      reply = accessTo([impostor]);
      expect(await fetchFile()).toMatchObject({ status: 503 });
      expect(impostor.requests).toEqual([]);
    } finally {
      await impostor.close();
    }
  });

  test('an address without TLS is never asked', async () => {
    const plain = { ...server.place, url: server.place.url.replace('https:', 'http:') };
    reply = { ...accessTo([]), places: [plain] };
    expect(await fetchFile()).toMatchObject({ status: 503 });
    expect(server.connections.count).toBe(0);
  });
});

describe('the secret of the gateway', () => {
  test.each([
    ['without it', (url: URL) => `${url.origin}${PATH}`],
    ['with another one', (url: URL) => `${url.origin}/${'0'.repeat(32)}${PATH}`],
    ['with a part of it', (url: URL) => `${url.origin}${url.pathname.slice(0, -1)}${PATH}`],
    ['and another revision', (url: URL) => `${url}/revisions/0199a5a0-0000-7000-8000-00000000000b/x`],
    ['and a way out of the revision', (url: URL) => `${url}/revisions/${REVISION}/a/%2e%2e/%2E./x`],
    ['and another part of the server', (url: URL) => `${url}/objects/${'a'.repeat(64)}`],
  ])('a request %s gets 404 and reaches nobody', async (_, address) => {
    expect(await get(address(new URL(gateway.baseUrl)))).toMatchObject({ status: 404, body: NOTHING });
    expect([lines(relay), lines(server)]).toEqual([[], []]);
  });

  test('it has as many addresses as there are hosts, each with the same content', async () => {
    gateway = await open({ addressCount: 3 });
    const urls = [gateway.baseUrl, ...gateway.moreUrls];
    expect(urls.map((url) => new URL(url).hostname)).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3']);
    for (const url of urls) expect(await get(url + PATH)).toMatchObject({ status: 200, body: WHOLE });
  });

  test('it listens on loopback alone, and nothing is there after the order', async () => {
    await expect(get(gateway.baseUrl.replace('127.0.0.1', '127.0.0.2') + PATH)).rejects.toThrow('ECONNREFUSED');
    await gateway.close();
    closing = [];
    await expect(fetchFile()).rejects.toThrow('ECONNREFUSED');
  });
});

describe('the ticket', () => {
  test('is asked for once, kept in a file of the agent alone, and in no address', async () => {
    await Promise.all([fetchFile(), fetchFile()]);
    gateway = await open();
    await fetchFile();
    expect(asked).toBe(1);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
    const withTicket = files.filter((each) => readFileSync(join(each.parentPath, each.name), 'utf8').includes(TICKET));
    expect(withTicket.map(({ name }) => name)).toEqual(['content-access']);
    for (const { parentPath, name } of withTicket) expect(statSync(join(parentPath, name)).mode & 0o777).toBe(0o600);
    expect(gateway.baseUrl + lines(relay).join('\n')).not.toContain(TICKET);
  });

  test('serves at a relay while the server is away', async () => {
    await fetchFile();
    reply = new ServerFailure('unreachable', 'away');
    await server.close();
    const aged = Date.now() + 50 * 60_000;
    gateway = await open({ now: () => aged });
    expect(await fetchFile()).toMatchObject({ status: 200, body: WHOLE });
    expect(asked).toBe(2);
  });

  test('is renewed at half of its life, and nobody waits for that', async () => {
    await fetchFile();
    reply = accessTo([relay, server], 'the-next');
    gateway = await open({ now: () => Date.now() + 29 * 60_000 });
    await fetchFile();
    expect(asked).toBe(1);
    gateway = await open({ now: () => Date.now() + 31 * 60_000 });
    await fetchFile();
    await fetchFile();
    expect(asked).toBe(2);
    expect(relay.requests.at(-1)?.authorization).toBe('Bearer the-next');
  });

  test('is renewed when a place does not take it, and the request goes on', async () => {
    await fetchFile();
    for (const place of [relay, server]) place.tickets.add('the-next');
    reply = accessTo([relay, server], 'the-next');
    expect(await fetchFile()).toMatchObject({ status: 200, body: WHOLE });
    expect(relay.requests.map(({ authorization }) => authorization)).toEqual(
      [TICKET, TICKET, 'the-next'].map((ticket) => `Bearer ${ticket}`),
    );
  });

  test('that one place refuses, and nobody renews, is good enough for another', async () => {
    await fetchFile();
    relay.tickets.add('the-next');
    reply = new ServerFailure('unreachable', 'away');
    expect(await fetchFile()).toMatchObject({ status: 200, body: WHOLE });
    expect(gateway.receivedBytes).toEqual({ relay: 600_000, server: 600_000 });
  });

  test('that has expired is used no more', async () => {
    await fetchFile();
    reply = new ServerFailure('unreachable', 'away');
    gateway = await open({ now: () => Date.now() + 61 * 60_000 });
    expect(await fetchFile()).toMatchObject({ status: 503 });
    expect(relay.requests).toHaveLength(1);
  });

  test('of another enrolment, and a damaged one, is not used', async () => {
    await fetchFile();
    const disk = await openDisk(folder);
    await disk.write('documents/content-access', 'thimble-state 1 content-access 00\n{}\n');
    gateway = await open();
    expect(await fetchFile()).toMatchObject({ status: 200, body: WHOLE });
    expect(asked).toBe(2);
  });
});
