import type { WhyNotPatched } from '@thimble/protocol';
import { assignRings, createCalendarCache, IN_UTC, type Policy, policyOf, selects } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import {
  deadlineFor,
  endpointTraits,
  type FleetMember,
  type PendingUpdate,
  pendingUpdates,
  policiesInForce,
  type StandingPolicy,
} from '../../policies/index.ts';
import type { Tables } from '../../storage/index.ts';
import { ROLLOUT_COLUMNS, ROLLOUT_JOINS, type RolloutRow } from '../rows.ts';
import { timestamp } from '../timestamp.ts';
import { membersWhere } from './member-list.ts';
import { memberSteps, type WhyStep } from './why-steps.ts';

const UPDATES_SHOWN = 500;
const YEAR_MS = 366 * 24 * 60 * 60_000;

/** Everything that stands between an endpoint and its pending updates. @throws HttpProblem 404 `unknown-endpoint` */
export async function whyNotPatched(
  context: ServerContext,
  organisationId: string,
  endpointId: string,
): Promise<WhyNotPatched> {
  const { kysely } = context.database;
  const now = context.clock();
  const { timeZone } = context.settings;
  const policies = await policiesInForce(kysely, organisationId);
  const fleet = await endpointTraits(kysely, organisationId, null, timeZone);
  const own = fleet.find(({ id }) => id === endpointId);
  if (own === undefined) throw new HttpProblem(404, 'unknown-endpoint', { detail: 'There is no such endpoint.' });
  const followed = policyOf(own.traits, policies);
  const pending = await pendingUpdates(kysely, organisationId, [endpointId], now);
  const digest = pending.ofEndpoint.get(endpointId);
  const updates = digest === undefined ? undefined : (pending.lists.get(digest) ?? []);
  const judged = (updates ?? []).map((update) => judge(followed.policy?.policy, update, now.getTime()));
  const rollout = await activeRollout(kysely, endpointId);
  const standing = followed.policy;
  const [member] =
    rollout === undefined
      ? []
      : await membersWhere(kysely, sql`m.rollout_id = ${rollout.id} and m.endpoint_id = ${endpointId}`, 1);
  const first: readonly WhyStep[] = [
    {
      name: 'policy',
      state: standing === null ? 'failed' : 'passed',
      words: followed.because,
      until: null,
    },
    ...(standing === null ? [] : [selectionStep(standing.policy, updates, judged)]),
  ];
  const steps =
    member !== undefined
      ? [...first, ...memberSteps(member, now.getTime())]
      : standing === null || !judged.some(({ taken }) => taken)
        ? first
        : [...first, startStep(standing.policy, own, timeZone, now.getTime())];
  return {
    summary: `${own.traits.hostname}: ${summaryOf(steps, standing !== null)}`,
    policy:
      standing === null
        ? null
        : {
            id: standing.id,
            name: standing.policy.name,
            ring: member?.ring ?? ringName(standing, policies, fleet, endpointId),
            because: followed.because,
          },
    rollout: rollout === undefined ? null : { id: rollout.id, name: rollout.name, state: rollout.state },
    steps: [...steps],
    updates: judged.slice(0, UPDATES_SHOWN).map(({ untilMs: _until, ...update }) => update),
    updateCount: judged.length,
  };
}

type Judged = WhyNotPatched['updates'][number] & { readonly untilMs: number | null };

function judge(policy: Policy | undefined, update: PendingUpdate, nowMs: number): Judged {
  const { name, installed, candidate, security } = update;
  const same = { package: name, installed, candidate, security };
  if (policy === undefined)
    return { ...same, taken: false, because: 'no policy takes it', deadline: null, untilMs: null };
  const { taken, because, untilMs } = selects(policy, update, nowMs);
  const { deadlineMs } = deadlineFor(policy.deadlines, update);
  const deadline = deadlineMs === null || !taken ? null : new Date(deadlineMs).toISOString();
  return { ...same, taken, because, deadline, untilMs };
}

function selectionStep(
  { name }: Policy,
  updates: readonly PendingUpdate[] | undefined,
  judged: readonly Judged[],
): WhyStep {
  const step = 'selection';
  if (updates === undefined)
    return { name: step, state: 'waits', words: 'it has not reported yet what it lacks', until: null };
  const taken = judged.filter((each) => each.taken).length;
  if (taken > 0 || judged.length === 0)
    return {
      name: step,
      state: 'passed',
      words: `${name} takes ${taken} of ${judged.length} pending updates`,
      until: null,
    };
  const times = judged.flatMap(({ untilMs }) => untilMs ?? []);
  const words = `${name} takes none of ${judged.length} pending updates: ${judged[0]?.because ?? ''}`;
  return { name: step, state: 'waits', words, until: timestamp(times.length === 0 ? null : Math.min(...times)) };
}

function startStep({ name, start }: Policy, { timeZone }: FleetMember, serverZone: string, nowMs: number): WhyStep {
  const { every, urgent } = start;
  const orUrgent = urgent === null ? '' : ', or something urgent is pending';
  if (every === null) {
    const words = `until somebody starts a rollout of ${name}${orUrgent}`;
    return { name: 'rollout', state: 'waits', words, until: null };
  }
  const zone = every.timeZone === 'endpoint' ? serverZone : timeZone;
  const [next] = createCalendarCache().starts(every, zone, { startMs: nowMs, endMs: nowMs + YEAR_MS });
  const words =
    next === undefined ? `no start of ${name} in a year` : `the next rollout of ${name} begins ${IN_UTC(next)}`;
  return { name: 'rollout', state: 'waits', words, until: timestamp(next ?? null) };
}

function summaryOf(steps: readonly WhyStep[], follows: boolean): string {
  const stuck = steps.find(({ state }) => state === 'waits' || state === 'failed');
  if (stuck !== undefined) return stuck.words;
  return follows ? 'it lacks nothing that its policy takes' : 'nothing patches it by itself';
}

/** As a rollout that starts now would have it. */
function ringName(
  { id, policy }: StandingPolicy,
  policies: readonly StandingPolicy[],
  fleet: readonly FleetMember[],
  endpointId: string,
): string | null {
  const followers = fleet.filter(({ traits }) => policyOf(traits, policies).policy?.id === id);
  const ring = assignRings(policy, id, followers).get(endpointId);
  return ring === undefined ? null : (policy.rings[ring]?.name ?? null);
}

async function activeRollout(within: Kysely<Tables>, endpointId: string): Promise<RolloutRow | undefined> {
  const { rows } = await sql<RolloutRow>`select ${ROLLOUT_COLUMNS} from rollout o ${ROLLOUT_JOINS}
    where o.ended_at is null
      and exists (select from rollout_member m where m.rollout_id = o.id and m.endpoint_id = ${endpointId})
    order by o.started_at desc, o.id desc limit 1`.execute(within);
  return rows[0];
}
