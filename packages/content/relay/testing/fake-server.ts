import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { RelayHello, type RelayWelcome, type TicketClaims } from '@thimble/protocol';
import { generateSigningKey, printTicket, verifyingKey } from '@thimble/protocol/signing';
import { Value } from 'typebox/value';
import { StoreError } from '../../model/index.ts';
import { createContentHandler, createTicketCheck, secretOf, UNAUTHORISED } from '../../serving/index.ts';

export const RELAY_TOKEN = 'relay-token';
export const REVISION = '01900000-0000-7000-8000-00000000000a';
export const OURS = '01900000-0000-7000-8000-0000000000aa';
export const SISTER = '01900000-0000-7000-8000-0000000000bb';
export const STRANGER = '01900000-0000-7000-8000-0000000000cc';

export interface FakeFile {
  readonly bytes: Buffer;
  /** What is sent in place of it. */
  readonly sent?: Buffer;
  readonly organisationId?: string;
  /** Its digest is not known to the server yet. */
  readonly unknownDigest?: boolean;
}

/** A server as a relay sees it: hello, and content with tickets or the relay's token. */
export interface FakeServer {
  readonly url: URL;
  readonly files: Map<string, FakeFile>;
  /** Changed by tests. */
  readonly welcome: { -readonly [Name in keyof RelayWelcome]: RelayWelcome[Name] };
  readonly hellos: RelayHello[];
  /** `HEAD path` and `GET path`, as they came. */
  readonly asked: string[];
  /** What it has taken, each sequence once. */
  readonly taken: RelayHello['usage'][number][];
  /** It takes the next report, but its answer gets lost. */
  loseAnswer: boolean;
  /** Bytes of a body after which each GET is broken off. */
  breakAfter: number | null;
  ticket(changes?: Partial<TicketClaims>): string;
  down(): Promise<void>;
  up(): Promise<void>;
}

export async function startFakeServer(
  tls: { readonly certificate: string; readonly key: string } | null = null,
): Promise<FakeServer> {
  const key = generateSigningKey();
  const keys = new Map([[key.keyid, verifyingKey(key.publicKey)]]);
  const check = createTicketCheck({ keys: () => keys, now: () => new Date(), isRemoved: () => false });
  const files = new Map<string, FakeFile>();
  const find = (sha256: string): Buffer => {
    const file = [...files.values()].find(({ bytes }) => digestOf(bytes) === sha256);
    if (file === undefined) throw new StoreError('missing', sha256);
    return file.sent ?? file.bytes;
  };
  const handleContent = createContentHandler<string | null>({
    store: {
      localPath: () => null,
      read: async (sha256, range) => Readable.from([find(sha256).subarray(range?.first, range && range.last + 1)]),
    },
    hotBytes: 0,
    authorise: (request) => {
      const secret = secretOf(request) ?? '';
      if (secret === RELAY_TOKEN) return { kind: 'allowed', principal: null };
      const verdict = check(secret);
      return verdict.kind === 'valid'
        ? { kind: 'allowed', principal: verdict.claims.organisationId }
        : fake.welcome.open
          ? { kind: 'allowed', principal: OURS }
          : UNAUTHORISED;
    },
    resolve: (address, organisationId) => {
      const found =
        address.kind === 'revision'
          ? files.get(address.path)
          : [...files.values()].find(({ bytes }) => digestOf(bytes) === address.sha256);
      if (found === undefined || (organisationId !== null && (found.organisationId ?? OURS) !== organisationId))
        return { kind: 'problem', status: 404, code: 'not-found', detail: '' };
      return {
        kind: 'file',
        sha256: found.unknownDigest === true ? null : digestOf(found.bytes),
        sizeBytes: found.bytes.length,
        contentType: 'application/vnd.debian.binary-package',
        immutable: true,
        lastModified: new Date('2026-11-20T08:00:00.000Z'),
        acquire:
          found.unknownDigest === true
            ? async () => ({
                sizeBytes: found.bytes.length,
                origin: 'fetching',
                done: new Promise(() => undefined),
                stream: (range) => Readable.from([found.bytes.subarray(range?.first, range && range.last + 1)]),
              })
            : null,
      };
    },
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url !== '/api/v1/relay/hello') {
      fake.asked.push(`${request.method} ${request.url}`);
      if (fake.breakAfter !== null && request.method === 'GET') breakOff(response, fake.breakAfter);
      return handleContent(request, response);
    }
    if (secretOf(request) !== RELAY_TOKEN) return void response.writeHead(401).end('{"code":"unauthorised"}');
    const hello: unknown = JSON.parse(await textOf(request));
    if (!Value.Check(RelayHello, hello)) return void response.writeHead(400).end('not a hello');
    fake.hellos.push(hello);
    if (hello.sequence > fake.welcome.acknowledgedSequence) {
      fake.taken.push(...hello.usage);
      fake.welcome.acknowledgedSequence = hello.sequence;
    }
    if (fake.loseAnswer) {
      fake.loseAnswer = false;
      return void response.destroy();
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(fake.welcome));
  };
  const listener: RequestListener = (request, response) => void answer(request, response);
  const server =
    tls === null ? createServer(listener) : createSecureServer({ cert: tls.certificate, key: tls.key }, listener);
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const fake: FakeServer = {
    url: new URL(`${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`),
    files,
    hellos: [],
    asked: [],
    taken: [],
    loseAnswer: false,
    breakAfter: null,
    welcome: {
      relayId: '01900000-0000-7000-8000-000000000001',
      name: 'bern',
      organisationIds: [OURS, SISTER],
      ticketKeys: [{ keyid: key.keyid, publicKey: key.publicKey }],
      blocked: [],
      removedEndpoints: [],
      open: false,
      acknowledgedSequence: 41,
      serverTime: '2026-11-22T12:00:00.000Z',
    },
    ticket: (changes = {}) =>
      printTicket(
        {
          format: 1,
          id: '01900000-0000-7000-8000-000000000002',
          organisationId: OURS,
          endpointId: '01900000-0000-7000-8000-000000000003',
          site: 'Bern',
          issuedAt: new Date(Date.now() - 1000).toISOString(),
          expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
          ...changes,
        },
        key,
      ),
    down: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
    up: async () => void (await listen(port)),
  };
  return fake;
}

export function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function breakOff(response: ServerResponse, afterBytes: number): void {
  const { socket } = response;
  const write = response.write.bind(response);
  let sent = 0;
  response.write = ((piece: Buffer, done: () => void) => {
    sent += piece.length;
    if (sent <= afterBytes) return write(piece, done);
    write(piece.subarray(0, piece.length - (sent - afterBytes)), () => socket?.destroy());
    return false;
  }) as typeof response.write;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
