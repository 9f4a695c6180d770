import type { Readable } from 'node:stream';
import type { Feed } from '@thimble/advisories';
import { API, FeedImportResult, FeedList, FeedSummary, FeedUpdateRequest } from '@thimble/protocol';
import { isForbiddenHost } from '@thimble/upstream';
import { sql } from 'kysely';
import { Type } from 'typebox';
import { operatorOf } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { HttpProblem } from '../http/index.ts';
import { appendEvidence } from '../report/index.ts';
import { asSystem } from '../storage/index.ts';
import { giveBundle, takeBundle } from './bundles.ts';
import { listFeeds } from './feed-list.ts';
import { publishFeed } from './run-sync.ts';
import { SYNC_TOPIC } from './scheduler.ts';

const config = { access: 'operator' } as const;
const Parameters = Type.Object({ id: Type.String({ maxLength: 64 }) });
const BUNDLE_TYPES = ['application/octet-stream', 'application/x-tar', 'application/vnd.thimble.advisories-bundle'];

/** Where advisories come from, and how that goes. */
export function registerFeedRoutes(app: App, context: ServerContext, feeds: readonly Feed[]): void {
  const { kysely } = context.database;
  app.get(`${API}/feeds`, { config, schema: { summary: 'Feeds', response: { 200: FeedList } } }, async (request) =>
    listFeeds(context, operatorOf(request).organisationId, feeds),
  );
  app.put(
    `${API}/feeds/:id`,
    {
      config,
      schema: {
        summary: 'Switch a feed, or ask it elsewhere',
        params: Parameters,
        body: FeedUpdateRequest,
        response: { 200: FeedSummary },
      },
    },
    async (request) => {
      const { id } = feedNamed(feeds, request.params.id);
      const { mode, baseUrl } = request.body;
      const address = baseUrl === undefined ? undefined : addressOf(baseUrl);
      const operator = operatorOf(request);
      await kysely.transaction().execute(async (within) => {
        await sql`
          insert into feed_schedule (feed, mode, base_url) values (${id}, ${mode ?? 'auto'}, ${address ?? null})
          on conflict (feed) do update set
            mode = ${mode === undefined ? sql`feed_schedule.mode` : sql`excluded.mode`},
            base_url = ${address === undefined ? sql`feed_schedule.base_url` : sql`excluded.base_url`},
            next_at = null`.execute(within);
        await appendEvidence(within, [
          {
            organisationId: operator.organisationId,
            at: context.clock(),
            kind: 'feed-changed',
            actor: operator.name,
            summary: `${operator.name} changed the feed ${id}: ${mode ?? 'same mode'}${address === undefined ? '' : `, ${address ?? 'its own address'}`}`,
            detail: { feed: id, mode: mode ?? null, baseUrl: address ?? null },
          },
        ]);
      });
      await publishFeed(context, id);
      await context.events.publish({ organisationId: '', topic: SYNC_TOPIC, key: id });
      const { items } = await listFeeds(context, operator.organisationId, feeds);
      return items.find((item) => item.id === id) ?? Promise.reject(new Error(`the feed ${id} has gone`));
    },
  );
  app.post(
    `${API}/feeds/:id/sync`,
    { config, schema: { summary: 'Synchronise now', params: Parameters } },
    async (request, reply) => {
      const { id } = feedNamed(feeds, request.params.id);
      await sql`insert into feed_schedule (feed, asked_at) values (${id}, ${context.clock()})
        on conflict (feed) do update set asked_at = excluded.asked_at`.execute(kysely);
      await context.events.publish({ organisationId: '', topic: SYNC_TOPIC, key: id });
      return reply.code(202).send({});
    },
  );
  registerBundleRoutes(app, context);
}

function registerBundleRoutes(app: App, context: ServerContext): void {
  // Streamed to a file: a bundle is far larger than any other body.
  app.addContentTypeParser(BUNDLE_TYPES, (_request, payload, done) => done(null, payload));
  app.post(
    `${API}/feeds/import`,
    {
      config,
      bodyLimit: Number.MAX_SAFE_INTEGER,
      schema: {
        summary: 'Import a signed bundle (its bytes as application/octet-stream)',
        querystring: Type.Object({ force: Type.Optional(Type.Boolean()) }),
        response: { 200: FeedImportResult },
      },
    },
    async (request) => {
      const body = request.body as Readable | undefined;
      if (body === undefined || typeof body.pipe !== 'function')
        throw new HttpProblem(415, 'unsupported-media-type', {
          detail: 'Send the bundle’s bytes with Content-Type: application/octet-stream.',
        });
      // Advisories are everybody's.
      return asSystem(() => takeBundle(context, operatorOf(request), body, request.query.force ?? false));
    },
  );
  app.get(
    `${API}/feeds/export`,
    {
      config,
      schema: {
        summary: 'Everything that is known now, as a signed bundle',
        querystring: Type.Object({ feeds: Type.Optional(Type.String({ maxLength: 4096 })) }),
      },
    },
    async (request, reply) => {
      const { feeds } = request.query;
      return reply
        .type('application/octet-stream')
        .header('content-disposition', 'attachment; filename="advisories.thimble-bundle"')
        .send(await giveBundle(context, feeds === undefined ? null : feeds.split(',')));
    },
  );
}

function feedNamed(feeds: readonly Feed[], id: string): Feed {
  const feed = feeds.find((each) => each.id === id);
  if (feed === undefined) throw new HttpProblem(404, 'unknown-feed', { detail: `There is no feed ${id}.` });
  return feed;
}

/** Null: its own. The server's files are nobody's business, so only the web is. @throws HttpProblem 422 */
function addressOf(text: string): string | null {
  if (text === '') return null;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new HttpProblem(422, 'bad-address', {
      detail: `${text} is no http or https address of a folder.`,
      hint: 'Leave it empty for the publisher’s own address.',
    });
  if (url.username !== '' || url.password !== '')
    throw new HttpProblem(422, 'bad-address', {
      detail: `${url.protocol}//${url.host}${url.pathname} has a user name or password in it.`,
      hint: 'Leave it out: addresses of feeds are shown here. The setting feed-mirror may have one.',
    });
  if (isForbiddenHost(url.hostname))
    throw new HttpProblem(422, 'bad-address', {
      detail: `${text} is an address by which machines get their own credentials.`,
      hint: 'No feed is there: link-local and metadata addresses are never asked.',
    });
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}
