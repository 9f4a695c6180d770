import {
  API,
  AddRepositoryRequest,
  KeySummary,
  RepositoryDetail,
  RepositoryList,
  RepositoryProposalList,
  RepositorySummary,
  SyncRequest,
  UpdateRepositoryRequest,
  Uuid,
} from '@thimble/protocol';
import { Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/index.ts';
import { faultsOf } from '../revisions/faults.ts';
import { revisionsOf } from '../revisions/revision-summary.ts';
import { poke } from '../revisions/scheduler.ts';
import { addRepository } from './add.ts';
import { readMaterial } from './approve-keys.ts';
import { askForNews } from './ask.ts';
import { summaryOf } from './decide.ts';
import { proposals } from './proposals.ts';
import { summariseKey } from './public-key.ts';
import { readSummaries } from './summary.ts';
import { removeRepository, updateRepository } from './update.ts';

const config = { access: 'operator' } as const;
const params = Type.Object({ id: Uuid });
const PREFIX = `${API}/content`;
/** Largest file of keys: a desktop user's whole keyring has 1 MB. */
const KEYS_BYTES = 4 * 1024 * 1024;
/** A list of 10,000 files with addresses and digests. */
const REPOSITORY_BYTES = 16 * 1024 * 1024;

/** Where content comes from, and by whose keys it is trusted. */
export function registerRepositoryRoutes(app: App, context: ServerContext): void {
  app.get(
    `${PREFIX}/proposals`,
    {
      config,
      schema: { summary: 'Repositories of the fleet to decide about', response: { 200: RepositoryProposalList } },
    },
    async (request) => proposals(context, operatorOf(request).organisationId),
  );
  app.get(
    `${PREFIX}/repositories`,
    { config, schema: { summary: 'Repositories', response: { 200: RepositoryList } } },
    async (request) => readSummaries(context, operatorOf(request).organisationId),
  );
  app.post(
    `${PREFIX}/repositories`,
    {
      config,
      bodyLimit: REPOSITORY_BYTES,
      schema: { summary: 'Add a repository', body: AddRepositoryRequest, response: { 201: RepositorySummary } },
    },
    async (request, reply) => {
      const added = await addRepository(context, operatorOf(request), request.body);
      await poke(context);
      return reply.code(201).send(added);
    },
  );
  app.get(
    `${PREFIX}/repositories/:id`,
    {
      config,
      schema: { summary: 'One repository with its revisions and faults', params, response: { 200: RepositoryDetail } },
    },
    async (request) => {
      const { id } = request.params;
      const summary = await summaryOf(context, operatorOf(request).organisationId, id);
      const { kysely } = context.database;
      return { summary, revisions: [...(await revisionsOf(kysely, id))], faults: [...(await faultsOf(kysely, id))] };
    },
  );
  registerChanges(app, context);
  registerKeys(app, context);
}

function registerChanges(app: App, context: ServerContext): void {
  app.put(
    `${PREFIX}/repositories/:id`,
    {
      config,
      bodyLimit: REPOSITORY_BYTES,
      schema: {
        summary: 'Change a repository, or the keys that are approved for it',
        params,
        body: UpdateRepositoryRequest,
        response: { 200: RepositorySummary },
      },
    },
    async (request) => {
      const changed = await updateRepository(context, operatorOf(request), request.params.id, request.body);
      await poke(context);
      return changed;
    },
  );
  app.delete(
    `${PREFIX}/repositories/:id`,
    { config, schema: { summary: 'Remove a repository; its revisions stay for their snapshots', params } },
    async (request, reply) => {
      await removeRepository(context, operatorOf(request), request.params.id);
      return reply.code(204).send();
    },
  );
  app.post(
    `${PREFIX}/repositories/:id/sync`,
    { config, schema: { summary: 'Look for news now', params, body: Type.Union([SyncRequest, Type.Null()]) } },
    async (request, reply) => {
      await askForNews(context, operatorOf(request), request.params.id, request.body ?? {});
      return reply.code(202).send({});
    },
  );
}

function registerKeys(app: App, context: ServerContext): void {
  void app.register(async (plain) => {
    const scope = plain as App;
    scope.removeAllContentTypeParsers();
    // Whatever the client calls it: armour, PEM or binary is told by the bytes.
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post(
      `${PREFIX}/keys`,
      {
        config,
        bodyLimit: KEYS_BYTES,
        schema: {
          summary: 'What keys are in this material (its bytes are the body); nothing is stored',
          response: { 200: Type.Array(KeySummary) },
        },
      },
      async (request) => {
        const body: unknown = request.body;
        if (!Buffer.isBuffer(body) || body.length === 0)
          throw new HttpProblem(422, 'bad-key-material', { detail: 'Send the bytes of the key file as the body.' });
        const now = context.clock();
        return (await readMaterial(body)).map((key) => summariseKey(key, now));
      },
    );
  });
}
