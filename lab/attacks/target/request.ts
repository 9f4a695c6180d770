import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Sent {
  readonly method?: string;
  /** As it goes over the wire: nothing is normalised, which is what a browser or `fetch` would do for us. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
}

const DEADLINE_MS = 30_000;

/** One request over plain HTTP on loopback, on a connection of its own; any status is an answer. */
export function sendRequest(port: number, { method = 'GET', path, headers = {}, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        headers: { host: `localhost:${port}`, ...length, ...headers },
      },
      (reply) => {
        text(reply).then((content) => {
          resolve({
            status: reply.statusCode ?? 0,
            headers: reply.headers,
            text: content,
            json: parsed(content),
          });
        }, reject);
      },
    );
    request.setTimeout(DEADLINE_MS, () => request.destroy(new Error(`no answer to ${method} ${path.slice(0, 100)}`)));
    request.once('error', reject);
    request.end(body);
  });
}

/** The code of a problem document (RFC 9457); of anything else its status. */
export function codeOf({ status, json }: Pick<Answer, 'status' | 'json'>): string {
  if (typeof json === 'object' && json !== null && 'code' in json && typeof json.code === 'string') return json.code;
  return `status ${status}`;
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
