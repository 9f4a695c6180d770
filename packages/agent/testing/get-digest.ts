import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** SHA-256, which is shorter to show than the bytes. */
  readonly body: string;
}

export const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** One request on a connection of its own; rejects when the answer breaks off. */
export function getDigest(
  url: string,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { agent: false, ...options }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: sha256Of(Buffer.concat(parts)) }),
      );
    });
    request.on('error', reject);
    request.end();
  });
}
