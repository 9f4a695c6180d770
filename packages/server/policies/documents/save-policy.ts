import { hash } from 'node:crypto';
import type { ChangePolicyRequest, CreatePolicyRequest, PolicyDocument } from '@thimble/protocol';
import { diffPolicies } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import { type Actor, noteProposal } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { lockPolicies } from '../lock.ts';
import { publishPolicies } from '../publish.ts';
import { type ReadPolicy, readValidSource } from './read-source.ts';

export type Operator = Actor;

/** What changed, as far as a record names it. */
const CHANGES_RECORDED = 50;

/** @returns its id. @throws HttpProblem 400; 409 `name-taken`; 422 `policy-invalid` */
export async function createPolicy(
  context: ServerContext,
  operator: Operator,
  request: CreatePolicyRequest,
): Promise<string> {
  const id = context.newId();
  const { organisationId } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    await lockPolicies(within, organisationId);
    const read = await readValidSource(within, organisationId, request);
    await checkName(within, organisationId, id, read.policy.name);
    await sql`
      insert into policy (id, organisation_id, name, version, created_at)
      values (${id}, ${organisationId}, ${read.policy.name}, 1, ${context.clock()})`.execute(within);
    await insertVersion(within, context, operator, { id, version: 1, read, note: request.note ?? '' });
    await publishPolicies(context, organisationId, within);
    await appendEvidence(within, [
      {
        organisationId,
        at: context.clock(),
        kind: 'policy-created',
        actor: operator.name,
        summary: `${operator.name} made the policy ${read.policy.name}`,
        detail: { policyId: id, version: 1, sha256: sha256(read.text), note: request.note ?? '' },
      },
    ]);
  });
  return id;
}

/**
 * A new version. The same text again makes none.
 *
 * @throws HttpProblem 400; 404; 409 `changed-meanwhile`, `name-taken`; 422 `policy-invalid`
 */
export async function changePolicy(
  context: ServerContext,
  operator: Operator,
  id: string,
  request: ChangePolicyRequest,
): Promise<void> {
  const { organisationId } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    await lockPolicies(within, organisationId);
    const before = await newestOf(within, organisationId, id);
    if (before.version !== request.version) throw changedMeanwhile(before);
    const read = await readValidSource(within, organisationId, request);
    if (read.text === before.text) return;
    const version = before.version + 1;
    await checkName(within, organisationId, id, read.policy.name);
    await sql`update policy set name = ${read.policy.name}, version = ${version} where id = ${id}`.execute(within);
    await insertVersion(within, context, operator, { id, version, read, note: request.note ?? '' });
    await publishPolicies(context, organisationId, within);
    const changes = diffPolicies(before.document, read.document).map(({ words }) => words);
    await appendEvidence(within, [
      {
        organisationId,
        at: context.clock(),
        kind: 'policy-changed',
        actor: operator.name,
        summary: `${operator.name} changed the policy ${read.policy.name} to version ${version}: ${changes.slice(0, 3).join('; ')}`,
        detail: {
          policyId: id,
          version,
          sha256: sha256(read.text),
          note: request.note ?? '',
          changes: changes.slice(0, CHANGES_RECORDED),
        },
      },
    ]);
  });
}

/** Its versions stay: rollouts name them. @throws HttpProblem 404 */
export async function removePolicy(context: ServerContext, operator: Operator, id: string): Promise<void> {
  const { organisationId } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    await lockPolicies(within, organisationId);
    const { name, version } = await newestOf(within, organisationId, id);
    await sql`update policy set removed_at = ${context.clock()}, removed_by = ${operator.name} where id = ${id}`.execute(
      within,
    );
    await publishPolicies(context, organisationId, within);
    await appendEvidence(within, [
      {
        organisationId,
        at: context.clock(),
        kind: 'policy-removed',
        actor: operator.name,
        summary: `${operator.name} removed the policy ${name}`,
        detail: { policyId: id, version },
      },
    ]);
  });
}

interface NewestVersion {
  readonly name: string;
  readonly version: number;
  readonly text: string;
  readonly document: PolicyDocument;
}

async function newestOf(within: Kysely<Tables>, organisationId: string, id: string): Promise<NewestVersion> {
  const { rows } = await sql<NewestVersion>`
    select p.name, p.version, v.text, v.document
    from policy p join policy_version v on v.policy_id = p.id and v.version = p.version
    where p.id = ${id} and p.organisation_id = ${organisationId} and p.removed_at is null`.execute(within);
  const [row] = rows;
  if (row === undefined) throw unknownPolicy();
  return row;
}

/** @throws HttpProblem 409 `name-taken` */
async function checkName(within: Kysely<Tables>, organisationId: string, id: string, name: string): Promise<void> {
  const { rows } = await sql`
    select 1 from policy where organisation_id = ${organisationId} and name = ${name} and removed_at is null
      and id <> ${id}`.execute(within);
  if (rows.length > 0) throw new HttpProblem(409, 'name-taken', { detail: `There is a policy ${name} already.` });
}

async function insertVersion(
  within: Kysely<Tables>,
  context: ServerContext,
  operator: Operator,
  { id, version, read, note }: { id: string; version: number; read: ReadPolicy; note: string },
): Promise<void> {
  const { organisationId, name: actor } = operator;
  const now = context.clock();
  await sql`
    insert into policy_version (policy_id, organisation_id, version, document, text, sha256, note, created_at, created_by)
    values (${id}, ${organisationId}, ${version}, ${JSON.stringify(read.document)}::jsonb, ${read.text}, ${sha256(read.text)},
      ${note}, ${now}, ${actor})`.execute(within);
  await noteProposal(within, operator, `policy:${id}:${version}`, now);
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

export function unknownPolicy(): HttpProblem {
  return new HttpProblem(404, 'unknown-policy', { detail: 'There is no such policy.' });
}

function changedMeanwhile({ name, version }: NewestVersion): HttpProblem {
  return new HttpProblem(409, 'changed-meanwhile', {
    detail: `Somebody changed the policy ${name} meanwhile: it has version ${version} now.`,
    hint: 'Look at what changed and make your change to that version.',
    extra: { version },
  });
}
