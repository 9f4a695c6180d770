/**
 * The server's own process, HTTP and all, with one stage that serves a list of files by the content handler, with tickets and an
 * acquirer: `node serve-process.ts ORDER` (a ServeOrder as JSON). Prints one line of JSON when it is ready, and ends when its input does.
 */
import {
  createAcquirer,
  createContentHandler,
  createTicketCheck,
  openFolderStore,
  secretOf,
  type ServableFile,
  UNAUTHORISED,
} from '@thimble/content';
import { verifyingKey } from '@thimble/protocol/signing';
import { loadSettings, processSources, type Stage, startServer } from '@thimble/server';

export interface ServedFile {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface ServeOrder {
  readonly data: string;
  readonly store: string;
  readonly files: readonly ServedFile[];
  /** Where files are that the store does not have. */
  readonly upstream: string;
  readonly ticketKey: { readonly keyid: string; readonly publicKey: string };
}

const NOT_FOUND = { kind: 'problem', status: 404, code: 'not-found', detail: 'There is nothing here.' } as const;

function contentStage(order: ServeOrder): Stage {
  return {
    name: 'content-bench',
    register: async (app) => {
      const store = await openFolderStore(order.store);
      const acquirer = await createAcquirer(
        {
          userAgent: 'thimble-bench',
          proxy: null,
          bandwidthBytesPerSecond: null,
          perHost: 8,
          reserveBytes: 0,
          isConfigured: () => true,
          now: () => new Date(),
        },
        store,
      );
      app.addHook('onClose', () => acquirer.close());
      const keys = new Map([[order.ticketKey.keyid, verifyingKey(order.ticketKey.publicKey)]]);
      const check = createTicketCheck({ keys: () => keys, now: () => new Date(), isRemoved: () => false });
      const files = new Map<string, ServableFile>(
        order.files.map(({ path, sha256, sizeBytes }) => [
          path,
          {
            kind: 'file',
            sha256,
            sizeBytes,
            contentType: 'application/vnd.debian.binary-package',
            immutable: true,
            lastModified: null,
            acquire: () =>
              acquirer.acquire({
                urls: [new URL(path, order.upstream)],
                name: path,
                check: { kind: 'sha256', sha256, sizeBytes },
              }),
          },
        ]),
      );
      const handle = createContentHandler({
        store,
        authorise: (request) => {
          const secret = secretOf(request);
          const verdict = secret === null ? null : check(secret);
          return verdict?.kind === 'valid' ? { kind: 'allowed', principal: verdict.claims } : UNAUTHORISED;
        },
        resolve: (address) => (address.kind === 'revision' ? files.get(address.path) : undefined) ?? NOT_FOUND,
      });
      app.get(
        '/content/revisions/:revisionId/*',
        { config: { access: 'content', quiet: true }, schema: { summary: 'A file' } },
        async (request, reply) => {
          reply.hijack();
          await handle(request.raw, reply.raw);
        },
      );
    },
  };
}

if (import.meta.main) {
  const order = JSON.parse(process.argv[2] ?? '') as ServeOrder;
  const flags = ['--data', order.data, '--host', '127.0.0.1', '--port', '0', '--feeds', 'off'];
  const server = await startServer(loadSettings(processSources(flags)), { stages: [contentStage(order)] });
  process.stdout.write(`${JSON.stringify({ port: server.port })}\n`);
  await new Promise((resolve) => process.stdin.resume().once('end', resolve));
  await server.stop();
  process.exit(0);
}
