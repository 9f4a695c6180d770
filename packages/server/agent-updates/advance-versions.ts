import { AGENT_WAVES, type AgentVersionStep, stepAgentVersion } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { appendEvidence, type NewEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';
import { currentOffers, forgetOffers } from './offers.ts';
import { agentMembers, agentRules } from './version-facts.ts';

/** Of one organisation and one version that is offered for these architectures, as endpoints call them. */
interface Course {
  readonly organisationId: string;
  readonly version: string;
  readonly architectures: readonly string[];
}

interface Row {
  readonly state: 'under-way' | 'paused' | 'halted' | 'blocked' | 'finished';
  readonly wave: number;
  readonly wave_since: Date;
  readonly judged_since: Date;
}

const ARCHITECTURES: Readonly<Record<string, string>> = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' };

/**
 * Moves every offered version on in every organisation that takes updates: it begins with the canaries, goes on wave by wave, and
 * is halted. May run on each replica at any time; a version's row is locked by the one that looks at it.
 */
export async function advanceVersions(context: ServerContext): Promise<void> {
  if (context.settings.agentCanaryPercent === 0) return;
  const { repository } = await currentOffers(context);
  if (repository.kind !== 'offers') return;
  const platforms = Map.groupBy(repository.versions, ([, version]) => version);
  const { rows } = await sql<{ organisation_id: string }>`
    select distinct organisation_id from heartbeat where takes_updates`.execute(context.database.kysely);
  for (const { organisation_id: organisationId } of rows)
    for (const [version, offered] of platforms) {
      const architectures = offered.map(([platform]) => ARCHITECTURES[platform] ?? platform);
      await context.database.kysely
        .transaction()
        .execute((within) => advance(within, context, { organisationId, version, architectures }));
    }
  forgetOffers(context);
}

async function advance(within: Kysely<Tables>, context: ServerContext, course: Course): Promise<void> {
  const { organisationId, version } = course;
  const found = await sql<Row>`
    select state, wave, wave_since, judged_since from agent_version
    where organisation_id = ${organisationId} and version = ${version} for update skip locked`.execute(within);
  const row = found.rows[0] ?? (await begin(within, context, course));
  if (row === null || !(await mayMove(within, course, row))) return;
  const members = await agentMembers(within, organisationId, version, course.architectures);
  const { wave, wave_since, judged_since } = row;
  const times = { waveSinceMs: wave_since.getTime(), judgedSinceMs: judged_since.getTime() };
  const facts = { wave, ...times, rules: agentRules(context), members };
  const step = stepAgentVersion(facts, context.clock().getTime());
  if (row.state === 'finished' && step.kind !== 'halt') return;
  await write(within, context, course, step);
}

/** A version begins when somebody could take it. @returns null: it is not to, or another replica begins it. */
async function begin(within: Kysely<Tables>, context: ServerContext, course: Course): Promise<Row | null> {
  const { organisationId, version, architectures } = course;
  const members = await agentMembers(within, organisationId, version, architectures);
  if (!members.some(({ runs }) => runs === 'older')) return null;
  const now = context.clock();
  const { rows } = await sql<Row>`
    insert into agent_version (organisation_id, version, state, wave_since, judged_since, started_at)
    select ${organisationId}::uuid, ${version}, 'under-way', ${now}, least(min(reported_at), ${now}::timestamptz), ${now}
    from agent_given_up where organisation_id = ${organisationId} and version = ${version}
    on conflict do nothing returning state, wave, wave_since, judged_since`.execute(within);
  const [row] = rows;
  if (row === undefined) return null;
  await appendEvidence(within, [
    recordOf(course, now, 'agent-version-started', `${version} of the agent is told to the canaries first`, {}),
  ]);
  return row;
}

/** What is finished is looked at again only when somebody gave it up. */
async function mayMove(within: Kysely<Tables>, { organisationId, version }: Course, row: Row): Promise<boolean> {
  if (row.state === 'under-way') return true;
  if (row.state !== 'finished') return false;
  const { rows } = await sql`select 1 from agent_given_up where organisation_id = ${organisationId}
    and version = ${version} and reported_at >= ${row.judged_since} limit 1`.execute(within);
  return rows.length > 0;
}

async function write(
  within: Kysely<Tables>,
  context: ServerContext,
  course: Course,
  step: AgentVersionStep,
): Promise<void> {
  const { organisationId, version } = course;
  const now = context.clock();
  const { explanation, counts, reach } = step;
  const state = step.kind === 'halt' ? 'halted' : step.kind === 'finish' ? 'finished' : 'under-way';
  const open = step.kind !== 'wait' || step.open;
  const wave = step.kind === 'advance' ? step.wave : null;
  await sql`update agent_version set state = ${state}, explanation = ${explanation}, open = ${open},
      counts = ${JSON.stringify(counts)}::jsonb, reach = ${JSON.stringify(reach)}::jsonb,
      wave = coalesce(${wave}::integer, wave),
      wave_since = case when ${wave}::integer is null then wave_since else ${now}::timestamptz end
    where organisation_id = ${organisationId} and version = ${version}`.execute(within);
  const record = stepRecord(course, step, now);
  if (record !== null) await appendEvidence(within, [record]);
}

function stepRecord(course: Course, step: AgentVersionStep, now: Date): NewEvidence | null {
  const { version } = course;
  const detail = { explanation: step.explanation, counts: step.counts };
  const told = step.kind === 'advance' ? `${AGENT_WAVES[step.wave] ?? ''} % of the endpoints` : '';
  switch (step.kind) {
    case 'wait':
      return null;
    case 'advance':
      return recordOf(
        course,
        now,
        'agent-version-advanced',
        `${version} of the agent is told to ${told}: ${step.explanation}`,
        { ...detail, wave: step.wave },
      );
    case 'finish':
      return recordOf(
        course,
        now,
        'agent-version-finished',
        `${version} of the agent is everywhere: ${step.explanation}`,
        detail,
      );
    case 'halt':
      return recordOf(
        course,
        now,
        'agent-version-halted',
        `${version} of the agent is told to nobody any more: ${step.explanation}`,
        detail,
      );
  }
}

function recordOf(
  { organisationId, version }: Course,
  at: Date,
  kind: NewEvidence['kind'],
  what: string,
  detail: object,
): NewEvidence {
  return { organisationId, at, kind, actor: 'server', summary: `Version ${what}`, detail: { version, ...detail } };
}
