import { Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface FakeReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly json: unknown;
}

const connections = new Agent({ keepAlive: true, maxSockets: 512 });

/** Ends the connections that fake agents keep open. */
export function closeFakeConnections(): void {
  connections.destroy();
}

export async function sendPlain(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  signal?: AbortSignal,
): Promise<FakeReply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      {
        method,
        agent: connections,
        headers: { ...headers, ...(body.length > 0 ? { 'content-length': String(body.length) } : {}) },
        ...(signal === undefined ? {} : { signal }),
      },
      (reply) => {
        buffer(reply).then((bytes) => {
          resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: bytes, json: parse(bytes) });
        }, reject);
      },
    );
    request.once('error', reject);
    request.end(body.length > 0 ? body : undefined);
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return bytes.length === 0 ? undefined : JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
