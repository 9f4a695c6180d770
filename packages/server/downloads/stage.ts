import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateConditions } from '@thimble/content';
import { API, type Download, DownloadList } from '@thimble/protocol';
import { Type } from 'typebox';
import type { Stage } from '../context.ts';
import { HttpProblem } from '../http/index.ts';
import { Downloads } from './list-downloads.ts';

/** Where the build puts the agent's files, for a server that runs from a checkout. */
const BUILD_DIRECTORY = join(import.meta.dirname, '..', '..', '..', 'dist', 'downloads');

const MEDIA_TYPES: Readonly<Record<Download['kind'], string>> = {
  deb: 'application/vnd.debian.binary-package',
  executable: 'application/octet-stream',
  sbom: 'application/vnd.cyclonedx+json',
};

/** The agent's files for endpoints. Public: they hold nothing secret, and a new endpoint has no credentials yet. */
export const downloads: Stage = {
  name: 'downloads',
  register: async (app, context) => {
    const own = join(context.settings.data, 'downloads');
    const files = () => new Downloads(existsSync(own) ? own : BUILD_DIRECTORY, '');
    let current = files();
    const look = (): Downloads => {
      const next = files();
      if (next.directory !== current.directory) current = next;
      return current;
    };
    const config = { access: 'public', quiet: true } as const;
    app.get(
      `${API}/downloads`,
      { config, schema: { summary: 'Files of the agent', response: { 200: DownloadList } } },
      async () => ({ items: await look().list() }),
    );
    app.get(
      `${API}/downloads/:name`,
      {
        config,
        schema: { summary: 'One file of the agent', params: Type.Object({ name: Type.String({ maxLength: 200 }) }) },
      },
      async (request, reply) => {
        const list = look();
        const download = await list.find(request.params.name);
        if (download === undefined) throw new HttpProblem(404, 'not-found', { detail: 'There is no such download.' });
        const etag = `"${download.sha256}"`;
        reply
          .header('etag', etag)
          .header('accept-ranges', 'bytes')
          .header('cache-control', 'no-cache')
          .header('repr-digest', `sha-256=:${Buffer.from(download.sha256, 'hex').toString('base64')}:`);
        const verdict = evaluateConditions(
          request.method,
          request.headers,
          { etag, lastModified: null },
          download.sizeBytes,
        );
        if (verdict.kind === 'not-modified') return reply.code(304).send();
        if (verdict.kind === 'precondition-failed')
          throw new HttpProblem(412, 'precondition-failed', { detail: 'The file is another one by now.' });
        if (verdict.kind === 'unsatisfiable')
          throw new HttpProblem(416, 'range-not-satisfiable', {
            detail: `The file has ${download.sizeBytes} bytes.`,
            headers: { 'content-range': `bytes */${download.sizeBytes}` },
          });
        const path = join(list.directory, download.name);
        reply.type(MEDIA_TYPES[download.kind]).header('content-disposition', `attachment; filename="${download.name}"`);
        if (verdict.kind === 'whole')
          return reply.header('content-length', download.sizeBytes).send(createReadStream(path));
        return reply
          .code(206)
          .header('content-range', `bytes ${verdict.first}-${verdict.last}/${download.sizeBytes}`)
          .header('content-length', verdict.last - verdict.first + 1)
          .send(createReadStream(path, { start: verdict.first, end: verdict.last }));
      },
    );
  },
};
