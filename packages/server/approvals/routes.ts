import {
  API,
  ApprovalDetail,
  ApprovalList,
  ApproverCandidates,
  ApproverHistory,
  ApproverStatus,
  HaltRequest,
  HaltStatus,
  NarrowApprovalRequest,
  ProposeApproversRequest,
  Sha256,
  SignedStopRequest,
  SignStatementRequest,
  Transaction,
  Uuid,
} from '@thimble/protocol';
import { Type } from 'typebox';
import { operatorOf } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { acceptStop } from './halt/accept-stop.ts';
import { changeHalt } from './halt/change-halt.ts';
import { haltStatus, signHalt } from './halt/sign-halt.ts';
import { narrowRequest } from './requests/narrow-request.ts';
import { approvalDetail, approvalTransaction, listApprovals } from './requests/read-approvals.ts';
import { renewRequest } from './requests/renew-request.ts';
import { signRequest } from './requests/sign-request.ts';
import { listCandidates } from './sets/candidates.ts';
import { proposeSet } from './sets/propose-set.ts';
import { listSets } from './sets/set-entry.ts';
import { signSet, withdrawSet } from './sets/sign-set.ts';

const Named = Type.Object({ id: Uuid });
const NamedTransaction = Type.Object({ id: Uuid, digest: Sha256 });
const config = { access: 'operator' } as const;

export function registerApprovalRoutes(app: App, context: ServerContext): void {
  const detail = (organisationId: string, id: string): Promise<ApprovalDetail> =>
    approvalDetail(context, organisationId, id);
  app.get(
    `${API}/approvals`,
    { config, schema: { summary: 'What approvers are asked to sign', response: { 200: ApprovalList } } },
    async (request) => listApprovals(context, operatorOf(request).organisationId),
  );
  app.get(
    `${API}/approvals/:id`,
    { config, schema: { summary: 'One request, to be signed', params: Named, response: { 200: ApprovalDetail } } },
    async (request) => detail(operatorOf(request).organisationId, request.params.id),
  );
  app.get(
    `${API}/approvals/:id/transactions/:digest`,
    {
      config,
      schema: { summary: 'One of its transactions, whole', params: NamedTransaction, response: { 200: Transaction } },
    },
    async (request) => {
      const { id, digest } = request.params;
      return approvalTransaction(context.database.kysely, operatorOf(request).organisationId, id, digest);
    },
  );
  app.post(
    `${API}/approvals/:id/signatures`,
    {
      config,
      schema: {
        summary: 'An approver’s signature',
        params: Named,
        body: SignStatementRequest,
        response: { 200: ApprovalDetail },
      },
    },
    async (request) => {
      const operator = operatorOf(request);
      await signRequest(context, operator, request.params.id, request.body.signature);
      return detail(operator.organisationId, request.params.id);
    },
  );
  app.post(
    `${API}/approvals/:id/renew`,
    { config, schema: { summary: 'Ask anew for what expired', params: Named } },
    async (request, reply) => {
      await renewRequest(context, operatorOf(request), request.params.id);
      return reply.code(202).send();
    },
  );
  app.post(
    `${API}/approvals/:id/narrow`,
    {
      config,
      schema: {
        summary: 'Ask for less: a new request in the place of this one',
        params: Named,
        body: NarrowApprovalRequest,
        response: { 201: ApprovalDetail },
      },
    },
    async (request, reply) => {
      const operator = operatorOf(request);
      const id = await narrowRequest(context, operator, request.params.id, request.body);
      return reply.code(201).send(await detail(operator.organisationId, id));
    },
  );
}

export function registerApproverRoutes(app: App, context: ServerContext): void {
  const status = async (organisationId: string): Promise<ApproverStatus> => {
    const sets = await listSets(context.database.kysely, organisationId);
    return {
      active: sets.find(({ state }) => state === 'active') ?? null,
      proposed: sets.find(({ state }) => state === 'proposed') ?? null,
    };
  };
  app.get(
    `${API}/approvers`,
    { config, schema: { summary: 'Who approves', response: { 200: ApproverStatus } } },
    async (request) => status(operatorOf(request).organisationId),
  );
  app.get(
    `${API}/approvers/history`,
    { config, schema: { summary: 'All sets of approvers, newest first', response: { 200: ApproverHistory } } },
    async (request) => ({
      items: [...(await listSets(context.database.kysely, operatorOf(request).organisationId))],
    }),
  );
  app.get(
    `${API}/approvers/candidates`,
    { config, schema: { summary: 'People with passkeys that could approve', response: { 200: ApproverCandidates } } },
    async (request) => {
      const { organisationId } = operatorOf(request);
      return { items: await listCandidates(context.database.kysely, organisationId, context.publicUrl) };
    },
  );
  app.post(
    `${API}/approvers/proposals`,
    {
      config,
      schema: {
        summary: 'Propose the next set of approvers',
        body: ProposeApproversRequest,
        response: { 201: ApproverStatus },
      },
    },
    async (request, reply) => {
      const operator = operatorOf(request);
      await proposeSet(context, operator, request.body);
      return reply.code(201).send(await status(operator.organisationId));
    },
  );
  app.delete(
    `${API}/approvers/proposals/:id`,
    { config, schema: { summary: 'Withdraw a proposal', params: Named } },
    async (request, reply) => {
      await withdrawSet(context, operatorOf(request), request.params.id);
      return reply.code(204).send();
    },
  );
  app.post(
    `${API}/approvers/proposals/:id/signatures`,
    {
      config,
      schema: {
        summary: 'An approver’s signature under the next set',
        params: Named,
        body: SignStatementRequest,
        response: { 200: ApproverStatus },
      },
    },
    async (request) => {
      const operator = operatorOf(request);
      await signSet(context, operator, request.params.id, request.body.signature);
      return status(operator.organisationId);
    },
  );
}

export function registerHaltRoutes(app: App, context: ServerContext): void {
  const status = (organisationId: string): Promise<HaltStatus> => haltStatus(context.database.kysely, organisationId);
  app.get(
    `${API}/emergency-stop`,
    { config, schema: { summary: 'Whether everything is stopped', response: { 200: HaltStatus } } },
    async (request) => status(operatorOf(request).organisationId),
  );
  app.post(
    `${API}/emergency-stop`,
    { config, schema: { summary: 'Stop everything, or go on', body: HaltRequest, response: { 200: HaltStatus } } },
    async (request) => {
      const operator = operatorOf(request);
      await changeHalt(context, operator, request.body);
      return status(operator.organisationId);
    },
  );
  app.post(
    `${API}/emergency-stop/signed`,
    {
      config,
      schema: { summary: 'A stop that an approver signed', body: SignedStopRequest, response: { 200: HaltStatus } },
    },
    async (request) => {
      const operator = operatorOf(request);
      await acceptStop(context, operator, request.body.signed);
      return status(operator.organisationId);
    },
  );
  app.post(
    `${API}/emergency-stop/:id/signatures`,
    {
      config,
      schema: {
        summary: 'An approver’s signature under the end of a stop',
        params: Named,
        body: SignStatementRequest,
        response: { 200: HaltStatus },
      },
    },
    async (request) => {
      const operator = operatorOf(request);
      await signHalt(context, operator, request.params.id, request.body.signature);
      return status(operator.organisationId);
    },
  );
}
