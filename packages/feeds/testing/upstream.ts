import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface Upstream {
  /** Ends in a slash. */
  readonly url: string;
  /** Every request so far: path and the headers that matter. */
  readonly requests: readonly { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  readonly close: () => Promise<void>;
}

/** An upstream on loopback that answers as it is told to, well or badly. */
export async function startUpstream(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  createWith: (listener: (request: IncomingMessage, response: ServerResponse) => void) => Server = createServer,
  scheme = 'http',
): Promise<Upstream> {
  const requests: { path: string; headers: IncomingMessage['headers'] }[] = [];
  const server = createWith((request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return {
    url: `${scheme}://127.0.0.1:${address.port}/`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
