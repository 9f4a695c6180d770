import {
  API,
  ConsistencyProof,
  CosignReply,
  CosignRequest,
  Count,
  EvidenceCheckpoints,
  EvidenceLog,
  InclusionProof,
} from '@thimble/protocol';
import { fillPlan, type Hash, planConsistency, planInclusion, type ProofPlan } from '@thimble/transparency';
import { Type } from 'typebox';
import { operatorOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/index.ts';
import { keepCosignatures, readWitnessKeys } from '../checkpoints/cosign.ts';
import { describeCheckpoints } from '../checkpoints/describe-checkpoints.ts';
import { readCheckpoint } from '../checkpoints/read-checkpoint.ts';
import { logKeyOf } from '../log/log-key.ts';
import { readNodes } from '../log/read-nodes.ts';
import { readSize } from '../log/read-tree.ts';

const config = { access: 'operator' } as const;
const OptionalCount = Type.Optional(Count);

/** What the log says about itself: its key, checkpoints, and proofs. */
export function registerProofRoutes(app: App, context: ServerContext): void {
  const { kysely } = context.database;
  const witnesses = readWitnessKeys(context.settings.witnessKeys);
  app.get(
    `${API}/evidence/log`,
    { config, schema: { summary: 'The key by which the log is known', response: { 200: EvidenceLog } } },
    async (request) => ({ verifierKey: (await logKeyOf(context, operatorOf(request).organisationId)).text }),
  );
  app.get(
    `${API}/evidence/checkpoint`,
    {
      config,
      schema: {
        summary: 'The newest signed checkpoint, or that of a size',
        querystring: Type.Object({ size: OptionalCount }),
      },
    },
    async (request, reply) => {
      const kept = await readCheckpoint(kysely, operatorOf(request).organisationId, request.query.size);
      if (kept === undefined)
        throw new HttpProblem(404, 'no-checkpoint', {
          detail: 'There is no such checkpoint yet; one is signed within seconds.',
        });
      return reply.type('text/plain; charset=utf-8').send(kept.note);
    },
  );
  app.get(
    `${API}/evidence/checkpoints`,
    { config, schema: { summary: 'What was signed, and who has seen it', response: { 200: EvidenceCheckpoints } } },
    async (request) => describeCheckpoints(context, operatorOf(request).organisationId, witnesses),
  );
  app.post(
    `${API}/evidence/checkpoint/cosign`,
    { config, schema: { summary: 'Keep what witnesses signed', body: CosignRequest, response: { 200: CosignReply } } },
    async (request) =>
      keepCosignatures(context, operatorOf(request).organisationId, request.body.checkpoint, witnesses),
  );
  app.get(
    `${API}/evidence/:sequence/proof`,
    {
      config,
      schema: {
        summary: 'That a record is in the log',
        params: Type.Object({ sequence: Count }),
        querystring: Type.Object({ size: OptionalCount }),
        response: { 200: InclusionProof },
      },
    },
    async (request) => {
      const { organisationId } = operatorOf(request);
      const { sequence } = request.params;
      const size = request.query.size ?? (await readSize(kysely, organisationId));
      const plan = planned(() => planInclusion(sequence - 1, size));
      const leaf = { level: 0, index: sequence - 1 };
      const [leafSha256 = '', ...path] = await prove(context, organisationId, [[leaf], ...plan]);
      return { sequence, size, leafSha256, path };
    },
  );
  app.get(
    `${API}/evidence/consistency`,
    {
      config,
      schema: {
        summary: 'That the log of one size is the beginning of that of another',
        querystring: Type.Object({ from: Count, to: OptionalCount }),
        response: { 200: ConsistencyProof },
      },
    },
    async (request) => {
      const { organisationId } = operatorOf(request);
      const { from } = request.query;
      const to = request.query.to ?? (await readSize(kysely, organisationId));
      const plan = planned(() => planConsistency(from, to));
      return { from, to, path: await prove(context, organisationId, plan) };
    },
  );
}

function planned(plan: () => ProofPlan): ProofPlan {
  try {
    return plan();
  } catch (cause) {
    if (cause instanceof RangeError) throw outOfRange(cause.message, cause);
    throw cause;
  }
}

/** In hexadecimal, as JSON has it. */
async function prove({ database }: ServerContext, organisationId: string, plan: ProofPlan): Promise<string[]> {
  const hashAt = await readNodes(database.kysely, organisationId, plan.flat());
  if (hashAt === undefined) throw outOfRange('the log does not have so many records');
  return fillPlan(plan, hashAt).map((hash: Hash) => hash.toString('hex'));
}

function outOfRange(detail: string, cause?: unknown): HttpProblem {
  return new HttpProblem(404, 'no-such-proof', { detail: `There is no such proof: ${detail}.`, cause });
}
