import type { ChangePolicyRequest, CreatePolicyRequest } from '@thimble/protocol';
import { diffPolicies } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { changePolicies } from './change-policies.ts';
import { insertVersion } from './insert-version.ts';
import { type NewestVersion, newestOwn } from './newest-version.ts';
import { readValidSource } from './read-source.ts';

/** What changed, as far as a record names it. */
const CHANGES_RECORDED = 50;

/** @returns its id. @throws HttpProblem 400; 403 `not-in-clients`; 409 `name-taken`; 422 `policy-invalid` */
export async function createPolicy(
  context: ServerContext,
  operator: Principal,
  request: CreatePolicyRequest,
): Promise<string> {
  const id = context.newId();
  const { organisationId } = operator;
  const note = request.note ?? '';
  await changePolicies(context, operator, async (within) => {
    const read = await readValidSource(within, organisationId, request);
    const { name, clients } = read.policy;
    await checkName(within, organisationId, id, name);
    await sql`
      insert into policy (id, organisation_id, name, version, created_at)
      values (${id}, ${organisationId}, ${name}, 1, ${context.clock()})`.execute(within);
    const sha256 = await insertVersion(within, context, operator, { id, version: 1, read, note });
    return {
      concernsClients: clients !== 'none',
      evidence: {
        kind: 'policy-created',
        summary: `${operator.name} made the policy ${name}`,
        detail: { policyId: id, version: 1, sha256, note },
      },
    };
  });
  return id;
}

/**
 * A new version. The same text again makes none.
 *
 * @throws HttpProblem 400; 403 `not-in-clients`; 404; 409 `changed-meanwhile`, `name-taken`, `policy-inherited`; 422 `policy-invalid`
 */
export async function changePolicy(
  context: ServerContext,
  operator: Principal,
  id: string,
  request: ChangePolicyRequest,
): Promise<void> {
  const { organisationId } = operator;
  const note = request.note ?? '';
  await changePolicies(context, operator, async (within) => {
    const before = await newestOwn(within, organisationId, id);
    if (before.version !== request.version) throw changedMeanwhile(before);
    const read = await readValidSource(within, organisationId, request);
    if (read.text === before.text) return null;
    const { name, clients } = read.policy;
    const version = before.version + 1;
    await checkName(within, organisationId, id, name);
    await sql`update policy set name = ${name}, version = ${version}
      where id = ${id} and organisation_id = ${organisationId}`.execute(within);
    const sha256 = await insertVersion(within, context, operator, { id, version, read, note });
    const changes = diffPolicies(before.document, read.document).map(({ words }) => words);
    return {
      concernsClients: clients !== 'none' || before.document.clients !== undefined,
      evidence: {
        kind: 'policy-changed',
        summary: `${operator.name} changed the policy ${name} to version ${version}: ${changes.slice(0, 3).join('; ')}`,
        detail: { policyId: id, version, sha256, note, changes: changes.slice(0, CHANGES_RECORDED) },
      },
    };
  });
}

/** Its versions stay: rollouts name them. @throws HttpProblem 403 `not-in-clients`; 404; 409 `policy-inherited` */
export async function removePolicy(context: ServerContext, operator: Principal, id: string): Promise<void> {
  const { organisationId } = operator;
  await changePolicies(context, operator, async (within) => {
    const { name, version, document } = await newestOwn(within, organisationId, id);
    await sql`update policy set removed_at = ${context.clock()}, removed_by = ${operator.name}
      where id = ${id} and organisation_id = ${organisationId}`.execute(within);
    return {
      concernsClients: document.clients !== undefined,
      evidence: {
        kind: 'policy-removed',
        summary: `${operator.name} removed the policy ${name}`,
        detail: { policyId: id, version },
      },
    };
  });
}

/** An inherited policy makes way for an own one of its name, an enforced one does not. @throws HttpProblem 409 `name-taken` */
async function checkName(within: Kysely<Tables>, organisationId: string, id: string, name: string): Promise<void> {
  const { rows } = await sql<{ enforcedBy: string | null }>`
    select p.origin_name as "enforcedBy"
    from policy p join policy_version v on v.policy_id = p.id and v.version = p.version
    where p.organisation_id = ${organisationId} and p.name = ${name} and p.removed_at is null and p.id <> ${id}
      and (p.origin_policy_id is null or v.document ->> 'clients' = 'enforced')`.execute(within);
  const [taken] = rows;
  if (taken === undefined) return;
  throw new HttpProblem(409, 'name-taken', {
    detail:
      taken.enforcedBy === null
        ? `There is a policy ${name} already.`
        : `There is a policy ${name} already: ${taken.enforcedBy} enforces it.`,
  });
}

function changedMeanwhile({ name, version }: NewestVersion): HttpProblem {
  return new HttpProblem(409, 'changed-meanwhile', {
    detail: `Somebody changed the policy ${name} meanwhile: it has version ${version} now.`,
    hint: 'Look at what changed and make your change to that version.',
    extra: { version },
  });
}
