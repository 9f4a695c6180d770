import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { AGENT_API, type CheckInReply, type CheckInRequest } from '@thimble/protocol';
import { generateSigningKey, signRequest, type SigningKey } from '@thimble/protocol/signing';
import type { Connection } from './connection.ts';
import type { HttpReply } from './http-reply.ts';
import type { MemberDocuments } from './documents.ts';

const AGENT_VERSION = '0.0.0';

/** An endpoint as the server sees one: a key of its own, signed requests in sequence, documents by digest. */
export class Member {
  readonly hostname: string;
  readonly #key: SigningKey;
  readonly #bootId = randomBytes(16).toString('hex');
  #sequence = 0;

  constructor(hostname: string) {
    this.hostname = hostname;
    this.#key = generateSigningKey();
  }

  /** The bytes of a signed request; each call uses up a sequence. */
  request(method: string, target: string, body: Buffer, headers: Readonly<Record<string, string>> = {}): Buffer {
    this.#sequence += 1;
    const path = AGENT_API + target;
    const signature = signRequest(
      { method, target: path, body },
      { keyid: this.#key.keyid, created: Math.floor(Date.now() / 1000), lane: 'main', sequence: this.#sequence },
      this.#key,
    );
    const all = {
      host: 'localhost',
      'content-type': 'application/json',
      'content-length': String(body.length),
      ...signature,
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), body]);
  }

  checkInRequest(documents: MemberDocuments): Buffer {
    const checkIn: CheckInRequest = {
      agentVersion: AGENT_VERSION,
      bootId: this.#bootId,
      documents: {
        manifest: documents.manifest.sha256,
        system: documents.system.sha256,
        updates: documents.updates.sha256,
      },
      generation: 0,
      activeOrders: [],
    };
    return this.request('POST', '/check-in', Buffer.from(JSON.stringify(checkIn)));
  }

  documentRequest(kind: keyof MemberDocuments, documents: MemberDocuments): Buffer {
    const { sha256, text } = documents[kind];
    return this.request('PUT', `/documents/${kind}/${sha256}`, gzipSync(text, { level: 1 }), {
      'content-encoding': 'gzip',
    });
  }

  async enrol(connection: Connection, token: string): Promise<void> {
    const body = {
      token,
      publicKey: this.#key.publicKey,
      hostname: this.hostname,
      machine: randomBytes(32).toString('hex'),
      os: { id: 'debian', versionId: '12' },
      architecture: 'amd64',
      agentVersion: AGENT_VERSION,
    };
    expectStatus(await connection.send(this.request('POST', '/enrol', Buffer.from(JSON.stringify(body)))), 200);
  }

  /** One check-in, then the documents that the server asks for. @returns how many it asked for. */
  async checkIn(connection: Connection, documents: MemberDocuments): Promise<number> {
    const { body } = expectStatus(await connection.send(this.checkInRequest(documents)), 200);
    const { wanted } = JSON.parse(body) as CheckInReply;
    for (const kind of wanted)
      if (kind !== 'repositories') expectStatus(await connection.send(this.documentRequest(kind, documents)), 204);
    return wanted.length;
  }
}

export function expectStatus(reply: HttpReply, status: number): HttpReply {
  if (reply.status !== status) throw new Error(`the server answered ${reply.status}: ${reply.body.slice(0, 300)}`);
  return reply;
}
