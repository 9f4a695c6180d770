import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContentPlace } from '@thimble/protocol';
import { LAB_HOST } from '../../clone.ts';
import type { FrozenRepository } from './frozen-content.ts';

/** Serves `/content/…` over TLS on the lab's own address, as a relay or a server does. */
export interface ContentSite {
  readonly url: string;
  readonly fingerprint: string;
  readonly place: ContentPlace;
  /** Paths of revisions that were asked for with a good ticket, and what was answered. */
  readonly requests: { readonly path: string; readonly status: number }[];
  /** Answers 503 to everything below `/content`. */
  isAway: boolean;
  /** Other requests than for content; left out: 404. */
  other: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  close(): Promise<void>;
}

export const TICKET = 'ticket-of-the-test';

export async function startContentSite(
  kind: ContentPlace['kind'],
  address: string,
  revisions: ReadonlyMap<string, FrozenRepository>,
): Promise<ContentSite> {
  const { key, cert } = makeCertificate();
  const server = createServer({ key, cert }, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const url = `https://${LAB_HOST}:${(server.address() as AddressInfo).port}`;
  const fingerprint = createHash('sha256').update(new X509Certificate(cert).raw).digest('hex');
  const self: ContentSite = {
    url,
    fingerprint,
    place: { kind, name: kind, url, certificateSha256: kind === 'relay' ? fingerprint : null },
    requests: [],
    isAway: false,
    other: null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, revisionId = '', path = ''] = /^\/content\/revisions\/([^/]+)\/(.+)$/.exec(request.url ?? '') ?? [];
    if (revisionId === '') return self.other === null ? end(response, 404) : self.other(request, response);
    if (request.headers.authorization !== `Bearer ${TICKET}`) return end(response, 401);
    const body = self.isAway ? null : ((await revisions.get(revisionId)?.read(decodeURIComponent(path))) ?? null);
    const status = self.isAway ? 503 : body === null ? 404 : 200;
    self.requests.push({ path, status });
    if (body === null) return end(response, status);
    const etag = `"${createHash('sha256').update(body).digest('hex')}"`;
    response.writeHead(200, { etag, 'content-length': body.length }).end(request.method === 'HEAD' ? undefined : body);
  }

  return self;
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

function makeCertificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'content-site-'));
  try {
    const line = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=${LAB_HOST} -addext subjectAltName=DNS:${LAB_HOST} -keyout key -out cert`;
    execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'pipe' });
    return { key: readFileSync(join(folder, 'key'), 'utf8'), cert: readFileSync(join(folder, 'cert'), 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
