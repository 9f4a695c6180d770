import { type ContentHandler, createContentHandler, StoreError } from '@thimble/content';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/index.ts';
import type { BlockWatch } from '../blocks/watch-blocks.ts';
import { COLLECTED_TOPIC } from '../collect/topic.ts';
import { REPOSITORIES_TOPIC } from '../configured-hosts.ts';
import { contentOf } from '../content.ts';
import type { UsageCounter } from '../savings/usage-counter.ts';
import { createAuthorise } from './authorise.ts';
import type { ContentPrincipal } from './content-principal.ts';
import { startTouching } from './last-used.ts';
import { watchRemoved } from './removed-endpoints.ts';
import { createResolver } from './resolve.ts';

/**
 * Serves `/content/…`: frozen repositories and files by digest. The answers are the content handler's own, past everything that other
 * routes need (schemas, cookies, headers for browsers, a log line each): package managers ask thousands of times.
 */
export async function registerServing(
  app: App,
  context: ServerContext,
  { blocks, usage }: { readonly blocks: BlockWatch; readonly usage: UsageCounter },
): Promise<void> {
  const removed = await watchRemoved(context);
  const { resolve, ownerOf, forget } = createResolver(context, blocks);
  const touching = startTouching(context);
  const unsubscribe = context.events.subscribe(({ topic }) => {
    if (topic === REPOSITORIES_TOPIC || topic === COLLECTED_TOPIC || topic === 'resync') forget();
  });
  app.addHook('onClose', async () => {
    unsubscribe();
    removed.close();
    await touching.close();
  });
  const authorise = createAuthorise(context, removed.isRemoved);
  let opening: Promise<ContentHandler> | undefined;
  const open = async (): Promise<ContentHandler> => {
    const { store } = await contentOf(context);
    return createContentHandler<ContentPrincipal>({
      store,
      authorise,
      resolve,
      onServed: ({ principal, address, sha256, sentBytes, hit }) => {
        if (sha256 !== null) touching.used(sha256);
        // What a relay takes is counted where the relay serves it.
        if (principal.kind === 'relay') return;
        const owner = ownerOf(address, principal);
        if (owner !== null) usage.add({ ...owner, site: principal.site, servedBytes: sentBytes, hit });
      },
      onError: (error, address) => context.log.warn({ err: error, address }, 'content was not served'),
    });
  };
  const handler = (): Promise<ContentHandler> => {
    // A disk or a service that is away now may be there with the next request.
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  let ready: ContentHandler | undefined;
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    ready ??= await handler().catch(unavailable);
    reply.hijack();
    await ready(request.raw, reply.raw);
  };
  const config = { access: 'content', quiet: true } as const;
  for (const method of ['GET', 'HEAD'] as const) {
    app.route({
      method,
      url: '/content/revisions/:revisionId/*',
      exposeHeadRoute: false,
      config,
      schema: { summary: 'A file of a frozen repository (ranges, conditional requests)' },
      handler: answer,
    });
    app.route({
      method,
      url: '/content/objects/:sha256',
      exposeHeadRoute: false,
      config,
      schema: { summary: 'A file by its SHA-256' },
      handler: answer,
    });
  }
}

function unavailable(error: unknown): never {
  if (!(error instanceof StoreError)) throw error;
  throw new HttpProblem(503, 'store-unavailable', {
    detail: error.message,
    side: 'host',
    cause: error,
    headers: { 'retry-after': '30' },
  });
}
