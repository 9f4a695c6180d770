import { CheckInReply, CheckInRequest } from '@thimble/protocol';
import { Counter } from 'prom-client';
import { hearOfUpdate, mayUpdate } from '../agent-updates/index.ts';
import { trustDesk } from '../approvals/index.ts';
import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { type AgentRequest, agentOf, agentRoutes, SMALL_BODY_BYTES } from './agent-gate.ts';
import { bodyReader } from './agent-body.ts';
import { type Reported, adoptDocuments } from './documents/adopt.ts';
import { Generations } from './generations.ts';
import { notePlace } from './identity/note-place.ts';
import { standingReply } from './identity/standing.ts';

/** POST /agent/check-in: I am alive, and this is what I am, by digest. */
export async function registerCheckIn(app: App, context: ServerContext): Promise<void> {
  const read = bodyReader(CheckInRequest, SMALL_BODY_BYTES);
  const checkIns = new Counter({
    name: 'thimble_check_ins_total',
    help: 'Check-ins that were accepted.',
    labelNames: ['changed'],
    registers: [context.metrics],
  });
  const generations = new Generations(context.database.pool);
  await agentRoutes(
    app,
    context,
    (scope) => {
      scope.post(
        '/check-in',
        {
          config: { access: 'agent', quiet: true },
          bodyLimit: SMALL_BODY_BYTES,
          schema: { body: CheckInRequest, response: { 200: CheckInReply } },
        },
        async (request) => {
          const body = await read(request);
          const sender = agentOf(request);
          await generations.heed(sender.endpointId, body.generation);
          const { bootId, machine } = body;
          const place = { bootId, address: request.ip, ...(machine === undefined ? {} : { machine }) };
          const quarantined = await notePlace(context, sender, place);
          const standing = await standingReply(context, sender, quarantined, bootId);
          // What a stranger says is installed is not taken down, nor what one of two says.
          const believed = standing.standing === undefined;
          if (believed) await hearOfUpdate(context, sender, body);
          const changed = believed && differs(body, sender);
          checkIns.inc({ changed: changed ? 'yes' : 'no' });
          const wanted = changed
            ? await adoptDocuments(context, sender, reportedBy(body), {
                bootId: body.bootId,
                agentVersion: body.agentVersion,
              })
            : [];
          return {
            wanted: [...wanted],
            checkInIntervalSeconds: context.settings.checkInIntervalS,
            ordersWaiting: believed
              ? await ordersWait(context, sender, body)
              : standing.standing?.kind === 'quarantined' && sender.heartbeat.openOrders.some(({ news }) => news),
            serverTime: context.clock().toISOString(),
            ...(believed && (await mayUpdate(context, sender, body)) ? { agentUpdate: true } : {}),
            // Who the approvers are is not told to strangers either.
            ...(believed && body.trust !== undefined
              ? { trust: await trustDesk(context).answer(sender, body.trust) }
              : {}),
            ...standing,
          };
        },
      );
    },
    'known',
  );
}

/** An agent that does not know the list of repositories yet has none to report. */
function reportedBy({ documents }: CheckInRequest): Reported {
  return { ...documents, repositories: documents.repositories ?? null };
}

function differs(body: CheckInRequest, { heartbeat }: AgentRequest): boolean {
  const { bootId, agentVersion } = body;
  const { manifest, system, updates, repositories } = reportedBy(body);
  return (
    manifest !== heartbeat.reportedManifest ||
    system !== heartbeat.reportedSystem ||
    updates !== heartbeat.reportedUpdates ||
    repositories !== heartbeat.reportedRepositories ||
    (manifest !== null && manifest !== heartbeat.manifestSha256) ||
    (system !== null && system !== heartbeat.systemSha256) ||
    (updates !== null && updates !== heartbeat.updatesSha256) ||
    (repositories !== null && repositories !== heartbeat.repositoriesSha256) ||
    bootId !== heartbeat.bootId ||
    agentVersion !== heartbeat.agentVersion
  );
}

/** Orders to fetch. One that was fetched and of which the endpoint shows no trace was lost on the way: offer it again. */
async function ordersWait(context: ServerContext, sender: AgentRequest, body: CheckInRequest): Promise<boolean> {
  const { openOrders } = sender.heartbeat;
  const lost = openOrders.filter(
    ({ id, generation, delivered }) => delivered && generation > body.generation && !body.activeOrders.includes(id),
  );
  if (lost.length > 0)
    await context.database.pool.query(
      'update endpoint_order set redeliver = true where endpoint_id = $1 and id = any($2::uuid[]) and not redeliver',
      [sender.endpointId, lost.map(({ id }) => id)],
    );
  return lost.length > 0 || openOrders.some(({ news }) => news);
}
