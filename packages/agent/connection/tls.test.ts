import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { enroll } from '../enrolment/enroll.ts';
import { makeCertificates } from '../testing/certificates.ts';
import { ENDPOINT_ID, startFakeServer, type FakeServer } from '../testing/fake-server.ts';
import { parseFingerprint } from './tls.ts';
import { createTransport } from './transport.ts';

const ours = makeCertificates();
const theirs = makeCertificates();
const elsewhere = makeCertificates('DNS:another.example');

let server: FakeServer | undefined;
const folders: string[] = [];
afterEach(async () => {
  await server?.close();
  server = undefined;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function enrolWith(
  served: ReturnType<typeof makeCertificates>,
  caFingerprint: string | undefined,
  token?: string,
): ReturnType<typeof enroll> {
  server = await startFakeServer(served.server, [served.authority]);
  const stateDirectory = mkdtempSync(join(tmpdir(), 'thimble-agent-'));
  folders.push(stateDirectory);
  return enroll({
    serverUrl: server.url,
    token: token ?? server.token,
    stateDirectory,
    ...(caFingerprint === undefined ? {} : { caFingerprint }),
  });
}

describe('the pinned certificate', () => {
  test("the server's own authority is enough", async () => {
    expect((await enrolWith(ours, ours.authority.fingerprint)).identity.endpointId).toBe(ENDPOINT_ID);
  });

  test("the server's own certificate can be pinned as well", async () => {
    expect((await enrolWith(ours, ours.server.fingerprint)).identity.endpointId).toBe(ENDPOINT_ID);
  });

  test('another authority is refused before anything is sent, and both fingerprints are shown', async () => {
    const refused = enrolWith(theirs, ours.authority.fingerprint);
    await expect(refused).rejects.toMatchObject({ code: 'fingerprint-mismatch' });
    await expect(refused).rejects.toThrow(ours.authority.fingerprint);
    await expect(refused).rejects.toThrow(theirs.authority.fingerprint);
    expect(server?.log).toEqual([]);
  });

  test('a certificate of the pinned authority for another name is refused', async () => {
    await expect(enrolWith(elsewhere, elsewhere.authority.fingerprint)).rejects.toMatchObject({ code: 'untrusted' });
    expect(server?.log).toEqual([]);
  });

  test('without a fingerprint only what the system trusts is believed', async () => {
    await expect(enrolWith(ours, undefined)).rejects.toMatchObject({ code: 'untrusted' });
  });

  test('a forged chain that only carries the pinned certificate is refused', async () => {
    server = await startFakeServer(theirs.server, [ours.authority]);
    const stateDirectory = mkdtempSync(join(tmpdir(), 'thimble-agent-'));
    folders.push(stateDirectory);
    const options = { serverUrl: server.url, token: server.token, stateDirectory };
    await expect(enroll({ ...options, caFingerprint: ours.authority.fingerprint })).rejects.toMatchObject({
      code: expect.stringMatching(/^(untrusted|fingerprint-mismatch)$/),
    });
    expect(server.log).toEqual([]);
  });

  test('a fingerprint may be written as tools print it', () => {
    const printed = (ours.authority.fingerprint.toUpperCase().match(/../g) ?? []).join(':');
    expect(parseFingerprint(`SHA256:${printed}`)).toBe(ours.authority.fingerprint);
    expect(() => parseFingerprint('abc')).toThrow(/64 hexadecimal/);
  });
});

describe('enrolling', () => {
  test('again is no new enrolment', async () => {
    const { identity } = await enrolWith(ours, ours.authority.fingerprint);
    const again = await enroll({
      serverUrl: identity.serverUrl,
      token: 'whatever-it-is-now',
      caFingerprint: ours.authority.fingerprint,
      stateDirectory: folders[0] ?? '',
    });
    expect(again).toMatchObject({ identity, already: true });
  });

  test('with another server needs force', async () => {
    await enrolWith(ours, ours.authority.fingerprint);
    const elsewhereUrl = {
      serverUrl: 'https://localhost:1',
      token: 'whatever-it-is-now',
      stateDirectory: folders[0] ?? '',
    };
    await expect(enroll(elsewhereUrl)).rejects.toMatchObject({ code: 'already-enrolled' });
  });

  test('a token that the server does not take is told as such', async () => {
    await expect(enrolWith(ours, ours.authority.fingerprint, 'not-the-right-token')).rejects.toMatchObject({
      code: 'bad-token',
    });
  });

  test('nothing goes over plain HTTP', async () => {
    const options = { serverUrl: 'http://localhost', token: 'some-token-or-other', stateDirectory: '/nonexistent' };
    await expect(enroll(options)).rejects.toMatchObject({ code: 'bad-server-url' });
  });
});

const exchange = (maxReplyBytes: number, deadlineMs: number) =>
  createTransport({ url: new URL(server?.url ?? ''), certificatePem: ours.authority.certificatePem }).exchange({
    method: 'GET',
    target: '/',
    headers: {},
    body: new Uint8Array(),
    deadlineMs,
    maxReplyBytes,
  });

describe('replies', () => {
  test('that are larger than allowed are cut', async () => {
    server = await startFakeServer(ours.server, [ours.authority]);
    server.intercept = (_request, response) => {
      response.end('x'.repeat(100_000));
      return true;
    };
    await expect(exchange(1000, 10_000)).rejects.toMatchObject({ code: 'too-large' });
  });

  test('that end before their end are no replies', async () => {
    server = await startFakeServer(ours.server, [ours.authority]);
    server.intercept = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('x', () => response.destroy());
      return true;
    };
    await expect(exchange(1000, 10_000)).rejects.toMatchObject({ name: 'Error' });
  });

  test('that never come end with the deadline', async () => {
    server = await startFakeServer(ours.server, [ours.authority]);
    server.intercept = () => true;
    await expect(exchange(1000, 100)).rejects.toMatchObject({ code: 'timeout' });
  });
});
