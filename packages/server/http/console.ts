import { existsSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { fastifyStatic } from '@fastify/static';
import type { FastifyReply } from 'fastify';
import type { App } from './app.ts';
import { HttpProblem } from './problem.ts';

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Thimble</title>
<h1>The console is not built yet</h1>
<p>Run <code>npm run build</code> in Thimble's folder and load this page again. The API is at
<a href="/api/docs">/api/docs</a>.</p></html>`;

/**
 * Serves the built console. Vite puts a digest into the names below /assets, so those never change; any other path
 * without a dot is a page of the console and gets its one document.
 */
export async function registerConsole(app: App, directory: string): Promise<void> {
  // A folder that does not exist yet is no fault here: the page below says how to make it.
  await app.register(fastifyStatic, { root: directory, serve: false, preCompressed: true, suppressWarning: true });
  app.get('/*', { config: { access: 'public', quiet: true }, schema: { hide: true } }, async (request, reply) => {
    // Normalised, so that no '..' is left; the router has refused what can't be decoded.
    const path = normalize(decodeURIComponent(request.url.split('?', 1)[0] ?? '/'));
    if (path.startsWith('/api/'))
      throw new HttpProblem(404, 'not-found', { detail: 'There is nothing at this address.' });
    if (/\.[a-z0-9]+$/i.test(path)) return sendFile(reply, directory, path);
    if (!existsSync(join(directory, 'index.html'))) return reply.type('text/html').code(503).send(NOT_BUILT);
    return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });
  });
}

function sendFile(reply: FastifyReply, directory: string, path: string): FastifyReply {
  if (!existsSync(join(directory, path))) throw new HttpProblem(404, 'not-found', { detail: 'There is no such file.' });
  const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
  return reply.header('cache-control', cache).sendFile(path.slice(1), { cacheControl: false });
}
