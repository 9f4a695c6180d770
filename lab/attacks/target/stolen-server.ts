import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { TrustNews, SignedStatement } from '@thimble/protocol';
import type { Target } from './target.ts';

/** What whoever owns the server adds to what it says to endpoints. */
export interface Added {
  readonly approvals?: readonly SignedStatement[];
  readonly trust?: TrustNews;
}

/** The server with its own certificate and key, in other hands: it answers as before, and says more. */
export interface StolenServer {
  readonly url: string;
  add: Added;
  readonly close: () => Promise<void>;
}

export async function stealServer({ server }: Target): Promise<StolenServer> {
  const chain = await readFile(join(server.context.settings.data, 'tls', 'server.pem'));
  const thief = createServer({ key: chain, cert: chain }, (request, response) => {
    void (async () => {
      const body = await buffer(request);
      const { url: path = '/', method = 'GET', headers } = request;
      const onward = httpRequest({ host: '127.0.0.1', port: server.port, path, method, headers }, (answer) => {
        void (async () => {
          const said = await buffer(answer);
          const { 'content-length': _, 'transfer-encoding': __, ...kept } = answer.headers;
          const status = answer.statusCode ?? 500;
          response.writeHead(status, kept).end(status === 200 ? saysMore(path, said, stolen.add) : said);
        })();
      });
      onward.on('error', () => response.destroy());
      onward.end(body);
    })();
  });
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
  const stolen: StolenServer = {
    url: `https://localhost:${(thief.address() as AddressInfo).port}`,
    add: {},
    close: () =>
      new Promise((resolve) => {
        thief.close(() => resolve());
        thief.closeAllConnections();
      }),
  };
  return stolen;
}

function saysMore(path: string, said: Buffer, { approvals, trust }: Added): Buffer {
  const isOrders = path.startsWith('/api/v1/agent/orders?');
  if (!isOrders && !path.startsWith('/api/v1/agent/check-in')) return said;
  const reply = JSON.parse(said.toString('utf8')) as object;
  return Buffer.from(
    JSON.stringify({
      ...reply,
      ...(isOrders && approvals !== undefined ? { approvals } : {}),
      ...(trust === undefined ? {} : { trust }),
    }),
  );
}
