import type { Readable } from 'node:stream';
import {
  API,
  MissingObjectsReply,
  MissingObjectsRequest,
  Sha256,
  SignedContentManifest,
  SnapshotDetail,
  SnapshotManifestReply,
  Uuid,
} from '@thimble/protocol';
import { Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { unhurry } from '../../http/index.ts';
import { exportManifest } from './export-manifest.ts';
import { importBundle } from './import-bundle.ts';
import { missingObjects } from './missing-objects.ts';
import { takeObject } from './take-object.ts';

const config = { access: 'operator' } as const;
/** Half a million lines in base64, and some. */
const MANIFEST_BYTES = 128 * 1024 * 1024;

/** Snapshots for sites without Internet: what a bundle holds, and taking one in file by file. */
export function registerTransferRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/content/snapshots/:id/manifest`,
    {
      config,
      schema: {
        summary: 'What a bundle of a snapshot holds, signed; files are had from the addresses that it names',
        params: Type.Object({ id: Uuid }),
        querystring: Type.Object({
          packages: Type.Optional(Type.Union([Type.Literal('fleet'), Type.Literal('all')])),
        }),
        response: { 200: SnapshotManifestReply },
      },
    },
    async (request, reply) => {
      const left = leaving(reply.raw);
      return exportManifest(context, operatorOf(request), request.params.id, request.query.packages ?? 'fleet', left);
    },
  );
  app.post(
    `${API}/content/import/missing`,
    {
      config: { ...config, quiet: true },
      schema: {
        summary: 'Of these files of a bundle those that are not here',
        body: MissingObjectsRequest,
        response: { 200: MissingObjectsReply },
      },
    },
    async (request) => ({ missing: [...(await missingObjects(context, request.body.sha256))] }),
  );
  app.post(
    `${API}/content/import`,
    {
      config,
      bodyLimit: MANIFEST_BYTES,
      schema: {
        summary:
          'Take over the snapshot of a bundle whose files are all here; the vendors’ signatures are verified anew',
        body: SignedContentManifest,
        response: { 201: SnapshotDetail },
      },
    },
    async (request, reply) => {
      const left = leaving(reply.raw);
      return reply.code(201).send(await importBundle(context, operatorOf(request), request.body, left));
    },
  );
  registerObjects(app, context);
}

/** Fires when the connection ends: who goes away meanwhile wants nothing any more. */
function leaving(raw: { once(event: 'close', listener: () => void): unknown }): AbortSignal {
  const left = new AbortController();
  raw.once('close', () => left.abort());
  return left.signal;
}

function registerObjects(app: App, context: ServerContext): void {
  void app.register(async (plain) => {
    const scope = plain as App;
    scope.removeAllContentTypeParsers();
    // Whatever the client calls it, and however large: it goes to the disk as it comes.
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.put(
      `${API}/content/import/objects/:sha256`,
      {
        config: { ...config, quiet: true },
        bodyLimit: Number.MAX_SAFE_INTEGER,
        schema: {
          summary: 'Bring a file of a bundle: its bytes, which are checked',
          params: Type.Object({ sha256: Sha256 }),
        },
      },
      async (request, reply) => {
        unhurry(request.raw);
        const announced = Number(request.headers['content-length'] ?? Number.NaN);
        // Without a body there is no parser: an empty file has no bytes.
        const body = (request.body as Readable | undefined) ?? request.raw;
        await takeObject(context, request.params.sha256, body, Number.isSafeInteger(announced) ? announced : null);
        return reply.code(204).send();
      },
    );
  });
}
