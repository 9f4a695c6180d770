import {
  API,
  ApproveRolloutRequest,
  BlockFailedRequest,
  HaltRolloutRequest,
  HoldRequest,
  ReleaseRequest,
  RetryMembersRequest,
  RollBackRolloutRequest,
  RolloutDetail,
  RolloutList,
  RolloutMemberList,
  RolloutMemberQuery,
  RolloutPlanList,
  SkipGateRequest,
  StartRolloutRequest,
  Uuid,
  WhyNotPatched,
} from '@thimble/protocol';
import { Type, type TSchema, type Static } from 'typebox';
import { noteProposal, operatorOf, reachOf } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { assertOwn } from './read/assert-own.ts';
import { approve } from './decide/approve.ts';
import { blockFailed } from './decide/block-failed.ts';
import { cancel } from './decide/cancel.ts';
import type { Operator } from './decide/decide.ts';
import { halt, resume } from './decide/halt.ts';
import { hold, release } from './decide/hold.ts';
import { retry } from './decide/retry.ts';
import { rollBack } from './decide/roll-back.ts';
import { skipGate } from './decide/skip-gate.ts';
import { listMembers } from './read/member-list.ts';
import { listPlans } from './read/plan-list.ts';
import { rolloutDetail } from './read/rollout-detail.ts';
import { listRollouts } from './read/rollout-list.ts';
import { whyNotPatched } from './read/why-not-patched.ts';
import { assertMembersWithinReach } from './start/assert-members-within-reach.ts';
import { startRollout } from './start/start-rollout.ts';

const Parameters = Type.Object({ id: Uuid });
const Nothing = Type.Object({});
/** A list of 100,000 endpoint ids is about 4 MB. */
const BODY_BYTES = 8 * 1024 * 1024;

export function registerRolloutRoutes(app: App, context: ServerContext): void {
  const { kysely } = context.database;
  app.get(
    `${API}/rollouts`,
    { config: { access: 'operator' }, schema: { summary: 'Rollouts, newest first', response: { 200: RolloutList } } },
    async (request) => listRollouts(kysely, operatorOf(request).organisationId, reachOf(request)),
  );
  app.post(
    `${API}/rollouts`,
    {
      config: { access: 'operator' },
      schema: { summary: 'Start a rollout of a policy', body: StartRolloutRequest, response: { 201: RolloutDetail } },
    },
    async (request, reply) => {
      const operator = operatorOf(request);
      const { organisationId, name: startedBy } = operator;
      const asked = { ...request.body, organisationId, startedBy, startedFor: 'person' } as const;
      const id = await kysely.transaction().execute(async (within) => {
        const started = await startRollout(within, context, asked);
        await assertMembersWithinReach(within, reachOf(request), started);
        await noteProposal(within, operator, `rollout:${started}`, context.clock());
        return started;
      });
      return reply.code(201).send(await rolloutDetail(kysely, organisationId, id));
    },
  );
  app.get(
    `${API}/rollouts/:id`,
    {
      config: { access: 'operator' },
      schema: { summary: 'One rollout', params: Parameters, response: { 200: RolloutDetail } },
    },
    async (request) => rolloutDetail(kysely, operatorOf(request).organisationId, request.params.id),
  );
  app.get(
    `${API}/rollouts/:id/members`,
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Endpoints of a rollout: where each stands, what it waits for and until when',
        params: Parameters,
        querystring: RolloutMemberQuery,
        response: { 200: RolloutMemberList },
      },
    },
    async (request) => {
      const { id } = request.params;
      await assertOwn(kysely, operatorOf(request).organisationId, id);
      return listMembers(kysely, id, request.query);
    },
  );
  app.get(
    `${API}/rollouts/:id/plans`,
    {
      config: { access: 'operator' },
      schema: { summary: 'Plans of a rollout, newest first', params: Parameters, response: { 200: RolloutPlanList } },
    },
    async (request) => {
      const { id } = request.params;
      await assertOwn(kysely, operatorOf(request).organisationId, id);
      return listPlans(kysely, id);
    },
  );
  app.get(
    `${API}/endpoints/:id/why`,
    {
      config: { access: 'operator' },
      schema: { summary: 'Why an endpoint is not patched', params: Parameters, response: { 200: WhyNotPatched } },
    },
    async (request) => whyNotPatched(context, operatorOf(request).organisationId, request.params.id),
  );
  registerDecisions(app, context);
}

function registerDecisions(app: App, context: ServerContext): void {
  const decision = <Body extends TSchema>(
    name: string,
    summary: string,
    body: Body,
    act: (operator: Operator, id: string, body: Static<Body>) => Promise<void>,
  ): void => {
    app.post(
      `${API}/rollouts/:id/${name}`,
      {
        config: { access: 'operator' },
        bodyLimit: BODY_BYTES,
        schema: { summary, params: Parameters, body, response: { 200: RolloutDetail } },
      },
      async (request) => {
        const operator = operatorOf(request);
        const { id } = request.params;
        await act(operator, id, request.body as Static<Body>);
        return rolloutDetail(context.database.kysely, operator.organisationId, id);
      },
    );
  };
  decision('approve', 'Approve it, or a ring’s gate', ApproveRolloutRequest, (operator, id, { ring }) =>
    approve(context, operator, id, ring),
  );
  decision('halt', 'Begin nothing new', HaltRolloutRequest, (operator, id, { reason }) =>
    halt(context, operator, id, reason),
  );
  decision('resume', 'Go on', Nothing, (operator, id) => resume(context, operator, id));
  decision('skip-gate', 'Pass a ring’s gate by hand', SkipGateRequest, (operator, id, body) =>
    skipGate(context, operator, id, body),
  );
  decision('roll-back', 'Put endpoints back to the versions before', RollBackRolloutRequest, (operator, id, body) =>
    rollBack(context, operator, id, body),
  );
  decision('cancel', 'End it: what has not begun does not begin', Nothing, (operator, id) =>
    cancel(context, operator, id),
  );
  decision('retry', 'Ask failed endpoints anew', RetryMembersRequest, (operator, id, { endpoints }) =>
    retry(context, operator, id, endpoints),
  );
  decision('hold', 'Begin nothing on these endpoints', HoldRequest, (operator, id, body) =>
    hold(context, operator, id, body),
  );
  decision('release', 'Take back a hold', ReleaseRequest, (operator, id, { endpoints }) =>
    release(context, operator, id, endpoints),
  );
  decision('block', 'Recall what failed endpoints installed', BlockFailedRequest, (operator, id, body) =>
    blockFailed(context, operator, id, body),
  );
}
