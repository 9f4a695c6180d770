import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { EvidenceExport, EvidenceExportList, EvidenceExportTest } from '@thimble/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type TestFleet, settle, startTestFleet } from '../../testing/test-fleet.ts';
import { loadTls } from '../../tls/index.ts';
import { appendTestEvidence } from '../testing/tamper.ts';
import { deliverNext } from './deliver-next.ts';

let fleet: TestFleet;
let certificate: { readonly certificate: string; readonly key: string; readonly authority: string };
let now = new Date();
beforeAll(async () => {
  fleet = await startTestFleet({ clock: () => now });
  const { data } = fleet.context.settings;
  const made = await loadTls({
    dataDirectory: `${data}/receiver`,
    given: undefined,
    names: ['localhost', '127.0.0.1'],
    now,
    random: fleet.context.random,
  });
  certificate = { ...made, authority: made.authority ?? '' };
});
afterAll(() => fleet.stop());

const opened: { readonly close: () => void }[] = [];
afterEach(async () => {
  for (const { name } of await exportsNow()) await fleet.call('DELETE', `/evidence/exports/${name}`);
  for (const each of opened.splice(0)) each.close();
});

interface Receiver {
  readonly port: number;
  /** Messages, out of their frames. */
  readonly messages: () => readonly string[];
  /** Breaks connections in the middle from now on. */
  deaf: boolean;
  readonly close: () => void;
}

/** A real receiver of RFC 5425: it reads frames by their lengths, and hangs up when the sender has. */
async function startReceiver(options: { readonly asks?: string } = {}): Promise<Receiver> {
  const streams: Buffer[][] = [];
  const sockets = new Set<TLSSocket>();
  const client = options.asks === undefined ? {} : { requestCert: true, rejectUnauthorized: true, ca: options.asks };
  const server: Server = createServer({ cert: certificate.certificate, key: certificate.key, ...client }, (socket) => {
    const chunks: Buffer[] = [];
    streams.push(chunks);
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => (receiver.deaf ? socket.destroy() : chunks.push(chunk)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    port: (server.address() as AddressInfo).port,
    messages: () => streams.flatMap((chunks) => unframed(Buffer.concat(chunks))),
    deaf: false,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  opened.push(receiver);
  return receiver;
}

function unframed(stream: Buffer): string[] {
  const messages: string[] = [];
  for (let rest = stream; rest.length > 0;) {
    const blank = rest.indexOf(' ');
    const length = Number(rest.toString('ascii', 0, blank));
    if (!/^[1-9]\d*$/.test(rest.toString('ascii', 0, blank)) || blank + 1 + length > rest.length)
      throw new Error('a frame does not fit its length');
    messages.push(rest.toString('utf8', blank + 1, blank + 1 + length));
    rest = rest.subarray(blank + 1 + length);
  }
  return messages;
}

/** A certificate of a client that vouches for itself. */
function makeClient(): { readonly certificate: string; readonly key: string } {
  const folder = mkdtempSync('/tmp/thimble-client-');
  const words =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=thimble -days 30 -keyout key -out crt';
  try {
    execFileSync('openssl', words.split(' '), { cwd: folder, stdio: 'pipe' });
    return { certificate: readFileSync(`${folder}/crt`, 'utf8'), key: readFileSync(`${folder}/key`, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const put = (name: string, body: object) => fleet.call('PUT', `/evidence/exports/${name}`, body);
const exportsNow = async (): Promise<readonly EvidenceExport[]> =>
  ((await fleet.call('GET', '/evidence/exports')).json as unknown as EvidenceExportList).items;
const only = async (): Promise<EvidenceExport> => {
  const [first] = await exportsNow();
  if (first === undefined) throw new Error('there is no export');
  return first;
};
const syslog = (port: number, more: object = {}) => ({
  destination: {
    kind: 'syslog',
    host: 'localhost',
    port,
    authorities: certificate.authority,
    clientCertificate: null,
    ...more,
  },
  format: 'ocsf',
});
const caughtUp = () => settle(async () => (await only()).behind === 0);

describe('evidence to a receiver of syslog over TLS', () => {
  test('each record comes once, in order, framed and as OCSF; the export says that nothing is behind', async () => {
    const receiver = await startReceiver();
    expect((await put('siem', { ...syslog(receiver.port), from: 'start' })).status).toBe(200);
    await appendTestEvidence(fleet.context, ['one', 'two', 'three']);
    await caughtUp();
    const events = receiver.messages().map((message) => JSON.parse(message.slice(message.indexOf('] {') + 2)));
    const sequences = events.map(({ metadata }: { metadata: { sequence: number } }) => metadata.sequence);
    expect(sequences).toEqual(sequences.map((_: number, index: number) => index + 1));
    expect(events.at(-1)).toMatchObject({
      class_uid: 3004,
      message: 'three',
      metadata: { event_code: 'token-created' },
    });
    expect(receiver.messages().at(-1)).toMatch(/^<109>1 \S+Z localhost thimble - token-created \[thimble@32473 /);
    expect(await only()).toMatchObject({ behind: 0, trouble: null, hasSecret: false });
  });

  test('what a broken connection may have lost is sent again, after a pause that grows', async () => {
    const receiver = await startReceiver();
    receiver.deaf = true;
    await put('siem', syslog(receiver.port));
    await appendTestEvidence(fleet.context, ['lost at first']);
    await settle(async () => (await only()).trouble !== null);
    const first = await only();
    expect(first.behind).toBeGreaterThan(0);
    expect(await deliverNext(fleet.context)).toBe(false);
    receiver.deaf = false;
    now = new Date(now.getTime() + 60_000);
    await caughtUp();
    expect(receiver.messages().join('\n')).toContain('lost at first');
    expect(await only()).toMatchObject({ trouble: null });
  });

  test('a receiver that another authority vouches for gets nothing', async () => {
    const receiver = await startReceiver();
    await put('siem', syslog(receiver.port, { authorities: fleet.authority }));
    await appendTestEvidence(fleet.context, ['secret']);
    await settle(async () => (await only()).trouble !== null);
    expect((await only()).trouble?.message).toMatch(/certificate|issuer/);
    expect(receiver.messages()).toEqual([]);
  });

  test('a receiver that wants another client certificate has got nothing', async () => {
    const receiver = await startReceiver({ asks: makeClient().certificate });
    const client = makeClient();
    await put('siem', { ...syslog(receiver.port, { clientCertificate: client.certificate }), secret: client.key });
    await appendTestEvidence(fleet.context, ['secret']);
    await settle(async () => (await only()).trouble !== null);
    expect((await only()).behind).toBeGreaterThan(0);
    expect(receiver.messages()).toEqual([]);
  });

  test('a receiver that asks for it gets the client certificate, whose key nobody sees again', async () => {
    const client = makeClient();
    const receiver = await startReceiver({ asks: client.certificate });
    const body = syslog(receiver.port, { clientCertificate: client.certificate });
    await put('siem', { ...body, secret: client.key });
    await appendTestEvidence(fleet.context, ['known']);
    await caughtUp();
    expect(receiver.messages().join('\n')).toContain('known');
    const shown = JSON.stringify([await exportsNow(), (await fleet.call('GET', '/evidence')).json]);
    expect(shown).not.toContain('PRIVATE KEY');
    const { rows } = await fleet.context.database.pool.query('select secret_sealed from evidence_export');
    expect(rows[0].secret_sealed.toString('latin1')).not.toContain('PRIVATE KEY');
  });
});

describe('evidence over HTTPS', () => {
  test('lines of JSON with the authorization; an answer that is no 2xx is tried again', async () => {
    const bodies: string[] = [];
    const seen: (string | undefined)[] = [];
    let status = 503;
    const server = createHttpsServer({ cert: certificate.certificate, key: certificate.key }, (request, reply) => {
      seen.push(request.headers.authorization);
      void text(request).then((body) => {
        if (status === 200) bodies.push(body);
        reply.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push({ close: () => void server.close() });
    const url = `https://localhost:${(server.address() as AddressInfo).port}/collect`;
    const destination = { kind: 'https', url, authorities: certificate.authority };
    await put('http', { destination, format: 'ocsf', secret: 'Splunk 123' });
    await appendTestEvidence(fleet.context, ['posted']);
    await settle(async () => (await only()).trouble !== null);
    expect((await only()).trouble?.message).toContain('503');
    status = 200;
    now = new Date(now.getTime() + 60_000);
    await caughtUp();
    expect(
      bodies
        .join('')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).message),
    ).toContain('posted');
    expect(new Set(seen)).toEqual(new Set(['Splunk 123']));
  });
});

describe('the test of an export', () => {
  const tried = async (name: string): Promise<EvidenceExportTest> =>
    (await fleet.call('POST', `/evidence/exports/${name}/test`)).json as unknown as EvidenceExportTest;

  test('sends the newest record once more, and leaves where the export has come to', async () => {
    const receiver = await startReceiver();
    await put('siem', syslog(receiver.port));
    await caughtUp();
    const before = receiver.messages();
    const { sentThrough } = await only();
    expect(await tried('siem')).toMatchObject({ sequence: sentThrough, problem: null });
    expect(receiver.messages().slice(before.length)).toEqual([before.at(-1)]);
    expect(await only()).toMatchObject({ sentThrough, trouble: null });
  });

  test('says why it does not arrive; when it does, what waited goes at once', async () => {
    const receiver = await startReceiver();
    receiver.deaf = true;
    await put('siem', { ...syslog(receiver.port), from: 'start' });
    await settle(async () => (await only()).trouble !== null);
    expect((await tried('siem')).problem).toMatch(/hung up|reset|EPIPE/);
    receiver.deaf = false;
    expect((await tried('siem')).problem).toBeNull();
    await caughtUp();
  });

  test('is refused for one that is not there', async () => {
    expect(await fleet.call('POST', '/evidence/exports/nowhere/test')).toMatchObject({
      status: 404,
      json: { code: 'unknown-export' },
    });
  });
});

describe('an export', () => {
  const https = (url: string) => ({ destination: { kind: 'https', url, authorities: null }, format: 'ocsf' });

  test.each([
    ['an address of credentials', https('https://169.254.169.254/latest')],
    ['clear text', https('http://siem.example/')],
    ['a password in the address', https('https://a:b@siem.example/')],
    [
      'no certificate',
      { ...https('https://siem.example/'), destination: { kind: 'https', url: 'https://a.example', authorities: 'x' } },
    ],
  ])('to %s is refused', async (_, body) => {
    expect(await put('bad', body)).toMatchObject({ status: 422, json: { code: 'bad-destination' } });
  });

  test('that leads elsewhere does not take its secret along', async () => {
    await put('moved', { ...https('https://siem.example/'), secret: 'Bearer 1' });
    expect(await put('moved', https('https://siem.example/'))).toMatchObject({
      status: 200,
      json: { hasSecret: true },
    });
    expect(await put('moved', https('https://evil.example/'))).toMatchObject({
      status: 422,
      json: { code: 'secret-needed' },
    });
  });

  test('is itself evidence, also its end', async () => {
    await put('told', https('https://siem.example/'));
    expect((await fleet.call('DELETE', '/evidence/exports/told')).status).toBe(204);
    expect((await fleet.call('DELETE', '/evidence/exports/told')).status).toBe(404);
    const { items } = (await fleet.call('GET', '/evidence')).json as { items: { kind: string }[] };
    expect(items.slice(0, 2).map(({ kind }) => kind)).toEqual(['evidence-export-removed', 'evidence-export-set']);
  });
});

test('nothing of this made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
