import {
  API,
  ChangePolicyRequest,
  CreatePolicyRequest,
  EndpointPolicy,
  PolicyDetail,
  PolicyList,
  PolicyTemplateList,
  PolicyValidation,
  Uuid,
  ValidatePolicyRequest,
} from '@thimble/protocol';
import { policyTemplates } from '@thimble/rollouts';
import { Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { endpointPolicy } from '../fleet/endpoint-policy.ts';
import { detachPolicy } from './detach-policy.ts';
import { policyDetail } from './policy-detail.ts';
import { listPolicies } from './policy-list.ts';
import { changePolicy, createPolicy, removePolicy } from './save-policy.ts';
import { validatePolicy } from './validate-policy.ts';

const config = { access: 'operator' } as const;
const Parameters = Type.Object({ id: Uuid });

/** What people say about patching, in versions. */
export function registerPolicyRoutes(app: App, context: ServerContext): void {
  registerReading(app, context);
  registerChanging(app, context);
}

function registerReading(app: App, context: ServerContext): void {
  app.get(
    `${API}/policies`,
    { config, schema: { summary: 'Policies', response: { 200: PolicyList } } },
    async (request) => listPolicies(context, operatorOf(request).organisationId),
  );
  app.get(
    `${API}/policies/templates`,
    { config, schema: { summary: 'Policies to begin with', response: { 200: PolicyTemplateList } } },
    async () => ({ items: policyTemplates.map((template) => ({ ...template })) }),
  );
  app.get(
    `${API}/policies/:id`,
    {
      config,
      schema: {
        summary: 'One policy, as it stands or in one of its versions',
        params: Parameters,
        querystring: Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })) }),
        response: { 200: PolicyDetail },
      },
    },
    async (request) => policyDetail(context, operatorOf(request), request.params.id, request.query.version ?? null),
  );
  app.get(
    `${API}/endpoints/:id/policy`,
    {
      config,
      schema: { summary: 'Which policy it follows, and why', params: Parameters, response: { 200: EndpointPolicy } },
    },
    async (request) => endpointPolicy(context, operatorOf(request).organisationId, request.params.id),
  );
}

function registerChanging(app: App, context: ServerContext): void {
  app.post(
    `${API}/policies/validate`,
    {
      config,
      schema: {
        summary: 'What is wrong with a policy, and what it would mean',
        body: ValidatePolicyRequest,
        response: { 200: PolicyValidation },
      },
    },
    async (request) => validatePolicy(context, operatorOf(request).organisationId, request.body),
  );
  app.post(
    `${API}/policies`,
    { config, schema: { summary: 'Make a policy', body: CreatePolicyRequest, response: { 201: PolicyDetail } } },
    async (request, reply) => {
      const operator = operatorOf(request);
      const id = await createPolicy(context, operator, request.body);
      return reply.code(201).send(await policyDetail(context, operator, id, null));
    },
  );
  app.put(
    `${API}/policies/:id`,
    {
      config,
      schema: {
        summary: 'Change a policy',
        params: Parameters,
        body: ChangePolicyRequest,
        response: { 200: PolicyDetail },
      },
    },
    async (request) => {
      const operator = operatorOf(request);
      await changePolicy(context, operator, request.params.id, request.body);
      return policyDetail(context, operator, request.params.id, null);
    },
  );
  app.post(
    `${API}/policies/:id/detach`,
    {
      config,
      schema: {
        summary: 'Make an inherited policy an own one, as it is now',
        params: Parameters,
        response: { 200: PolicyDetail },
      },
    },
    async (request) => {
      const operator = operatorOf(request);
      await detachPolicy(context, operator, request.params.id);
      return policyDetail(context, operator, request.params.id, null);
    },
  );
  app.delete(
    `${API}/policies/:id`,
    { config, schema: { summary: 'Remove a policy', params: Parameters, response: { 204: Type.Null() } } },
    async (request, reply) => {
      await removePolicy(context, operatorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}
