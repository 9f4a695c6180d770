import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeCertificates } from './certificates.ts';
import type { UpdateRepository } from './update-repository.ts';

/** A repository served over real TLS, below `/updates/`. */
export interface UpdateSite {
  readonly url: string;
  /** The only authority that its clients trust. */
  readonly certificatePem: string;
  /** Paths below `/updates/`, as they were asked for. */
  readonly asked: string[];
  /** Answers in the repository's place; return false to let the request through. */
  intercept: ((path: string, response: ServerResponse) => boolean) | null;
  close(): Promise<void>;
}

const certificates = makeCertificates();

export async function serveUpdates(repository: UpdateRepository): Promise<UpdateSite> {
  const { server: own, authority } = certificates;
  const server = createServer({ key: own.keyPem, cert: own.certificatePem }, answer);
  const site: UpdateSite = {
    url: '',
    certificatePem: authority.certificatePem,
    asked: [],
    intercept: null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').replace(/^\/updates\//, '');
    site.asked.push(path);
    if (site.intercept?.(path, response) === true) return;
    const file = repository.files.get(path);
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200).end(file);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(site, { url: `https://localhost:${(server.address() as AddressInfo).port}` });
}
