import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import type { ServerUnderTest } from '../end-to-end/server.ts';

/** Whatever a thief answers to a path of the agents' API. */
export type Answer = (path: string, response: ServerResponse, request: IncomingMessage) => void;

/** A server of the thief's own in the place of one that stands still: its address, its certificate and key, other words. */
export interface Thief {
  answer: Answer;
  /** Paths that were asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function standInFor(server: ServerUnderTest): Promise<Thief> {
  const chain = readFileSync(join(server.dataDirectory, 'tls', 'server.pem'));
  const thief: Thief = {
    answer: (_, response) => void response.writeHead(503).end(),
    asked: [],
    close: () =>
      new Promise((resolve) => {
        https.close(() => resolve());
        https.closeAllConnections();
      }),
  };
  const https = createServer({ key: chain, cert: chain }, (request, response) => {
    const path = (request.url ?? '').replace(/^\/api\/v1\/agent\//, '').replace(/\?.*$/, '');
    thief.asked.push(path);
    // An agent that has heard enough hangs up.
    response.on('error', () => undefined);
    request.resume().once('end', () => thief.answer(path, response, request));
  });
  await new Promise<void>((resolve) => https.listen(Number(new URL(server.url).port), '0.0.0.0', resolve));
  return thief;
}

export function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
