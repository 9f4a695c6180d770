import type { PolicyDetail, PolicyDocument, PolicyVersion } from '@thimble/protocol';
import { diffPolicies } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Principal } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { emptyRings } from '../fleet/empty-rings.ts';
import { policyEffect } from '../fleet/effect.ts';
import { endpointTraits } from '../fleet/endpoint-traits.ts';
import { followingOf } from '../fleet/following.ts';
import { policyClients } from '../inheritance/policy-clients.ts';
import { policySummaries } from './policy-list.ts';
import { readSource } from './read-source.ts';
import { readPolicyVersion } from './read-version.ts';
import { unknownPolicy } from './newest-version.ts';
import { type StandingPolicy, standingPolicies } from './standing-policies.ts';

const VERSIONS_SHOWN = 100;
const CHANGES_SHOWN = 200;

/**
 * A policy as it stands, or one of its versions; of a removed policy its versions alone.
 *
 * @throws HttpProblem 404 `unknown-policy`
 */
export async function policyDetail(
  context: ServerContext,
  principal: Principal,
  id: string,
  wanted: number | null,
): Promise<PolicyDetail> {
  const { kysely } = context.database;
  const { organisationId } = principal;
  const standing = await standingPolicies(kysely, organisationId);
  const present = standing.find((policy) => policy.id === id);
  const number = wanted ?? present?.version;
  const stored = number === undefined ? undefined : await readPolicyVersion(kysely, organisationId, id, number);
  if (stored === undefined) throw unknownPolicy();
  const { policy, document, text, sha256 } = stored;
  const shown: StandingPolicy = { ...stored, id, inherited: present?.inherited ?? null };
  const others = standing.filter((each) => each.id !== id);
  const members = await endpointTraits(kysely, organisationId, null, context.settings.timeZone);
  const { followers } = followingOf(members, present === undefined ? others : [...others, shown]);
  const [summary] = await policySummaries(context, kysely, organisationId, [shown], followers);
  if (summary === undefined) throw new Error('each policy has a summary');
  const read = await readSource(kysely, organisationId, { text });
  const effect = await policyEffect(context, kysely, organisationId, { id, policy });
  return {
    summary,
    document,
    text,
    sha256,
    // What was there when it was written may be gone.
    warnings: [...(read.ok ? read.read.warnings : [...read.problems, ...read.warnings]), ...emptyRings(policy, effect)],
    effect,
    clients: summary.clients === 'none' ? null : [...(await policyClients(context, principal, id, policy))],
    versions: await newestVersions(kysely, organisationId, id),
  };
}

interface VersionRow {
  readonly version: number;
  readonly at: Date;
  readonly by: string;
  readonly note: string;
  readonly document: PolicyDocument;
}

/** The newest first, each by what it changed to the one before. */
async function newestVersions(within: Kysely<Tables>, organisationId: string, id: string): Promise<PolicyVersion[]> {
  const { rows } = await sql<VersionRow>`
    select version, created_at as at, created_by as by, note, document from policy_version
    where organisation_id = ${organisationId} and policy_id = ${id}
    order by version desc limit ${VERSIONS_SHOWN + 1}`.execute(within);
  return rows.slice(0, VERSIONS_SHOWN).map((row, index) => toVersion(row, rows[index + 1]));
}

function toVersion({ version, at, by, note, document }: VersionRow, before: VersionRow | undefined): PolicyVersion {
  const changes = before === undefined ? [] : diffPolicies(before.document, document);
  return {
    version,
    changedAt: at.toISOString(),
    changedBy: by,
    note,
    changes: changes.slice(0, CHANGES_SHOWN).map((change) => ({ ...change })),
  };
}
