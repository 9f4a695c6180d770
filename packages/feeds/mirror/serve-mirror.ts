import { createReadStream } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import { pipeline } from 'node:stream';
import { type Found, findMirrored } from './mirror-file.ts';
import { folderPage, mirrorIndex } from './pages.ts';

export interface ServeOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly onRequest?: (method: string, target: string, status: number) => void;
  /** What was wrong on this side; the asker is told nothing of it. */
  readonly onError?: (error: unknown) => void;
}

export interface MirrorServer {
  /** To be given to `--mirror`; ends in a slash. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Longest path and query that is looked at. */
const TARGET_LIMIT = 8_192;

/** Serves a folder with one subfolder for each feed, as fillMirror makes it. @throws system errors: no folder, port taken */
export async function serveMirror(directory: string, options: ServeOptions): Promise<MirrorServer> {
  const root = await realpath(directory);
  const server = createServer((request, response) => {
    response.on('close', () => options.onRequest?.(request.method ?? '', request.url ?? '', response.statusCode));
    answer(root, request, response).catch((error: unknown) => {
      options.onError?.(error);
      if (response.headersSent) response.destroy();
      else plain(response, 500, 'That went wrong.');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const host = isIPv6(options.host) ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url: target = '/' } = request;
  response.setHeader('x-content-type-options', 'nosniff');
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return plain(response, 405, 'Only GET and HEAD.');
  }
  if (target.length > TARGET_LIMIT) return plain(response, 414, 'That address is too long.');
  if (target === '/feeds.json') {
    response.setHeader('content-type', 'application/json');
    return void response.end(JSON.stringify(await mirrorIndex(root)));
  }
  const found = await findMirrored(root, target);
  switch (found.kind) {
    case 'nothing':
      return plain(response, 404, 'There is no such document in this mirror.');
    case 'folder':
      if (!target.replace(/\?.*$/s, '').endsWith('/')) {
        response.setHeader('location', `${target.replace(/\?.*$/s, '').split('/').at(-1) ?? ''}/`);
        return plain(response, 301, 'It is a folder.');
      }
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
      return void response.end(folderPage(target, found.names));
    case 'file':
      return sendFile(found, request, response);
  }
}

function sendFile(file: Extract<Found, { kind: 'file' }>, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('etag', file.etag);
  response.setHeader('last-modified', file.modified.toUTCString());
  response.setHeader('accept-ranges', 'bytes');
  if (isUnchanged(file, request)) return void response.writeHead(304).end();
  response.setHeader('content-type', file.type);
  const range = rangeOf(file, request);
  if (range === 'unsatisfiable') {
    response.setHeader('content-range', `bytes */${file.bytes}`);
    return plain(response, 416, 'It has no such range.');
  }
  const { start, end } = range ?? { start: 0, end: file.bytes - 1 };
  if (range !== null) response.setHeader('content-range', `bytes ${start}-${end}/${file.bytes}`);
  response.setHeader('content-length', end - start + 1);
  response.statusCode = range === null ? 200 : 206;
  if (request.method === 'HEAD' || file.bytes === 0) return void response.end();
  pipeline(createReadStream(file.path, { start, end }), response, () => undefined);
}

/** RFC 9110 section 13.2.2: the entity tag goes before the time. */
function isUnchanged(file: { readonly etag: string; readonly modified: Date }, { headers }: IncomingMessage): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined)
    return tags.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === file.etag);
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && Math.floor(file.modified.getTime() / 1000) * 1000 <= since;
}

/** One range of bytes (RFC 9110 section 14.2); null: the whole. Several at once are answered with the whole. */
function rangeOf(
  file: { readonly etag: string; readonly bytes: number },
  { headers }: IncomingMessage,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? '');
  if (match === null || (headers['if-range'] !== undefined && headers['if-range'] !== file.etag)) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  const last0 = file.bytes - 1;
  const range =
    first === ''
      ? { start: Math.max(0, file.bytes - Number(last)), end: last0 }
      : { start: Number(first), end: last === '' ? last0 : Math.min(Number(last), last0) };
  return range.start > range.end ? 'unsatisfiable' : range;
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.writeHead(status).end(`${text}\n`);
}
