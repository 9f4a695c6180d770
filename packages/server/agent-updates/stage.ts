import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentUpdateStatus, AgentVersionDecision, API } from '@thimble/protocol';
import { sql } from 'kysely';
import { Type } from 'typebox';
import { operatorOf } from '../access/index.ts';
import type { ServerContext, Stage } from '../context.ts';
import { HttpProblem } from '../http/index.ts';
import { decideVersion } from './decide-version.ts';
import { currentOffers, updatesFolder } from './offers.ts';
import { startVersionLoop } from './version-loop.ts';
import { versionStates } from './version-states.ts';

/** The names that a repository with consistent snapshots has (TUF section 7); a name never becomes a path before it fits. */
const METADATA = /^(?:\d{1,9}\.(?:root|snapshot|targets)|timestamp)\.json$/;
const PROGRAM = /^[0-9a-f]{64}\.thimble-agent-[a-z0-9]+-[a-z0-9]+$/;
const Named = Type.Object({ name: Type.String({ maxLength: 200 }) });
const GIVEN_UP_SHOWN = 100;

/** New versions of the agent: the repository's files for endpoints, which trust its keys and not this server. */
export const agentUpdates: Stage = {
  name: 'agent-updates',
  register: async (app, context) => {
    const config = { access: 'public', quiet: true } as const;
    const schema = { summary: 'A file of the repository of agents (TUF)', params: Named };
    app.get('/updates/:name', { config, schema }, async ({ params: { name } }, reply) => {
      if (!METADATA.test(name)) throw notFound();
      const file = await open(join(updatesFolder(context), name));
      return reply
        .type('application/json')
        .header('cache-control', 'no-cache')
        .header('content-length', file.size)
        .send(file.stream);
    });
    app.get('/updates/targets/:name', { config, schema }, async ({ params: { name } }, reply) => {
      if (!PROGRAM.test(name)) throw notFound();
      const file = await open(join(updatesFolder(context), 'targets', name));
      // Its name is its digest.
      const forever = 'public, max-age=31536000, immutable';
      return reply
        .type('application/octet-stream')
        .header('cache-control', forever)
        .header('content-length', file.size)
        .send(file.stream);
    });
    app.get(
      `${API}/agent-updates`,
      {
        config: { access: 'operator' },
        schema: {
          summary: 'Which versions of the agent there are, and who has which',
          response: { 200: AgentUpdateStatus },
        },
      },
      async (request) => status(context, operatorOf(request).organisationId),
    );
    app.post(
      `${API}/agent-updates/decide`,
      {
        config: { access: 'operator' },
        schema: {
          summary: 'Pause, resume, advance or block a version of the agent',
          body: AgentVersionDecision,
          response: { 200: AgentUpdateStatus },
        },
      },
      async (request) => {
        const operator = operatorOf(request);
        await decideVersion(context, operator, request.body);
        return status(context, operator.organisationId);
      },
    );
    const stop = startVersionLoop(context);
    app.addHook('onClose', stop);
  },
};

async function open(
  path: string,
): Promise<{ readonly size: number; readonly stream: ReturnType<typeof createReadStream> }> {
  const found = await lstat(path).catch(() => null);
  if (found?.isFile() !== true) throw notFound();
  // No more than was announced, should somebody put a longer file in its place meanwhile.
  return { size: found.size, stream: createReadStream(path, { end: Math.max(0, found.size - 1) }) };
}

function notFound(): HttpProblem {
  return new HttpProblem(404, 'not-found', { detail: 'The repository has no such file.' });
}

interface GivenUpRow {
  readonly endpointId: string;
  readonly hostname: string;
  readonly version: string;
  readonly reason: string;
  readonly reportedAt: Date;
}

async function status(context: ServerContext, organisationId: string): Promise<AgentUpdateStatus> {
  const { repository } = await currentOffers(context);
  const { rows: running } = await sql<{ version: string; endpoints: number }>`
    select h.agent_version as version, count(*)::int as endpoints
    from heartbeat h join endpoint e on e.id = h.endpoint_id
    where h.organisation_id = ${organisationId} and e.removed_at is null and h.agent_version <> ''
    group by h.agent_version order by endpoints desc limit 100`.execute(context.database.kysely);
  const takers = await sql<{ count: number }>`
    select count(*)::int as count from heartbeat where organisation_id = ${organisationId} and takes_updates`.execute(
    context.database.kysely,
  );
  const { rows: givenUp } = await sql<GivenUpRow>`
    select g.endpoint_id as "endpointId", e.hostname, g.version, g.reason, g.reported_at as "reportedAt"
    from agent_given_up g join heartbeat h on h.endpoint_id = g.endpoint_id join endpoint e on e.id = g.endpoint_id
    where g.organisation_id = ${organisationId} and h.agent_version <> g.version
    order by g.reported_at desc limit ${GIVEN_UP_SHOWN}`.execute(context.database.kysely);
  return {
    canaryPercent: context.settings.agentCanaryPercent,
    soakHours: context.settings.agentSoakHours,
    takers: takers.rows[0]?.count ?? 0,
    repository: repository.kind,
    reason: repository.kind === 'refused' ? repository.reason : null,
    offered: repository.kind === 'offers' ? Object.fromEntries(repository.versions) : {},
    running: [...running],
    versions: [...(await versionStates(context, organisationId))],
    givenUp: givenUp.map((each) => ({ ...each, reportedAt: each.reportedAt.toISOString() })),
  };
}
