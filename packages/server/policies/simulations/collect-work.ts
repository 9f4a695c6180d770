import type { PolicyDocument, SimulateRequest } from '@thimble/protocol';
import { type Interval, type Policy, MISSED_CHECK_INS, parsePolicy } from '@thimble/rollouts';
import type { SimulationInput } from '@thimble/simulator';
import type { Kysely } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { expectedDurations } from '../../rollouts/index.ts';
import type { Tables } from '../../storage/index.ts';
import { readCalendars } from '../calendars/read-calendars.ts';
import { policyInvalid } from '../documents/read-source.ts';
import { unknownPolicy } from '../documents/newest-version.ts';
import { policiesInForce } from '../documents/standing-policies.ts';
import { type Followable, withDraft } from '../documents/with-draft.ts';
import { type FleetMember, endpointTraits } from '../fleet/endpoint-traits.ts';
import { followingOf } from '../fleet/following.ts';
import { freezesWithin } from '../freezes/freezes-within.ts';
import { pendingUpdates } from '../pending/pending-updates.ts';
import type { SimulationWork } from './simulation-work.ts';

type Variant = readonly Followable[];

const DAY_MS = 86_400_000;

/** The drafts of a request, parsed: before anything is computed whoever asks is told what is wrong with them. */
export interface Drafts {
  readonly policy: Policy | null;
  /** `present`: the policies as they are; null: nothing is compared. */
  readonly compareWith: Policy | 'present' | null;
  readonly startMs: number;
}

/** @throws HttpProblem 422 `policy-invalid`, `bad-start` */
export function parseDrafts({ policy, compareWith, startAt }: SimulateRequest, now: Date): Drafts {
  const startMs = startAt === undefined ? now.getTime() : Date.parse(startAt);
  if (Number.isNaN(startMs)) throw new HttpProblem(422, 'bad-start', { detail: `${startAt} is no moment.` });
  return {
    policy: policy === undefined ? null : parsed(policy),
    compareWith: compareWith === undefined || compareWith === 'present' ? (compareWith ?? null) : parsed(compareWith),
    startMs,
  };
}

function parsed(document: PolicyDocument): Policy {
  const result = parsePolicy(document);
  if (!result.ok) throw policyInvalid(result.problems);
  return result.policy;
}

/** The present fleet under the policies in force, with the drafts in their places. @throws HttpProblem 404 `unknown-policy` */
export async function collectWork(
  context: Pick<ServerContext, 'settings' | 'clock'>,
  within: Kysely<Tables>,
  organisationId: string,
  request: SimulateRequest,
  { policy, compareWith, startMs }: Drafts,
): Promise<SimulationWork> {
  const present = await policiesInForce(within, organisationId);
  const main = variantWith(present, policy);
  const other = compareWith === 'present' ? present : compareWith === null ? null : variantWith(present, compareWith);
  const about = request.policyName ?? policy?.name ?? null;
  const variants = other === null ? [main] : [main, other];
  if (request.policyName !== undefined && !variants.flat().some((each) => each.policy.name === about))
    throw unknownPolicy();
  const fleet = await endpointTraits(within, organisationId, null, context.settings.timeZone);
  const members = about === null ? fleet : concerned(fleet, variants, about);
  const range = { startMs, endMs: startMs + request.days * DAY_MS };
  const common = {
    startMs,
    days: request.days,
    ...(await presentState(context, within, organisationId, members)),
    calendars: await calendarsOf(within, organisationId, variants.flat(), range, context.settings.timeZone),
    freezes: await freezesWithin(within, organisationId, range),
    whatIf: request.whatIf ?? [],
    updatesPerWeek: request.updatesPerWeek ?? 0,
    faultsSeed: request.faultsSeed ?? null,
  };
  return {
    input: { ...common, policies: main.map(asSimulated) },
    compared: other === null ? null : { ...common, policies: other.map(asSimulated) },
  };
}

function variantWith(present: Variant, draft: Policy | null): Variant {
  return draft === null ? present : withDraft(present, { id: draft.name, policy: draft });
}

function asSimulated({ id, policy, inherited }: Followable): SimulationInput['policies'][number] {
  return { id, policy, inherited };
}

/** Who follows the policy of this name in any of the variants. */
function concerned(fleet: readonly FleetMember[], variants: readonly Variant[], name: string): readonly FleetMember[] {
  const ids = new Set(
    variants.flatMap((variant) => {
      const { followers } = followingOf(fleet, variant);
      const own = variant.filter(({ policy }) => policy.name === name);
      return own.flatMap(({ id }) => (followers.get(id) ?? []).map((member) => member.id));
    }),
  );
  return fleet.filter(({ id }) => ids.has(id));
}

async function presentState(
  { settings, clock }: Pick<ServerContext, 'settings' | 'clock'>,
  within: Kysely<Tables>,
  organisationId: string,
  members: readonly FleetMember[],
): Promise<Pick<SimulationInput, 'endpoints' | 'lists'>> {
  const now = clock();
  const silentMs = now.getTime() - MISSED_CHECK_INS * settings.checkInIntervalS * 1000;
  const ids = members.map(({ id }) => id);
  const learned = await expectedDurations(within, organisationId, ids);
  const pending = await pendingUpdates(within, organisationId, ids, now);
  const lists = [...pending.lists].map(
    ([sha256, updates]) =>
      [
        sha256,
        updates
          .filter(({ held }) => !held)
          .map((update) => ({ ...update, patch: `${update.source} ${update.sourceVersion}`, needsReboot: null })),
      ] as const,
  );
  return {
    lists: new Map(lists),
    endpoints: members.map(({ id, traits, timeZone, lastSeenMs }) => ({
      id,
      traits,
      timeZone,
      list: pending.ofEndpoint.get(id) ?? null,
      online: lastSeenMs >= silentMs,
      expectedMs: learned(id),
    })),
  };
}

/** One that is not there or can't be read is a single blackout, as it is for rollouts. */
async function calendarsOf(
  within: Kysely<Tables>,
  organisationId: string,
  policies: Variant,
  range: Interval,
  serverZone: string,
): Promise<SimulationInput['calendars']> {
  const names = [...new Set(policies.flatMap(({ policy }) => policy.blackouts))];
  const found = await readCalendars(within, organisationId, names, range, serverZone);
  return new Map(
    names.map((name) => {
      const calendar = found.get(name);
      return [name, calendar?.ok === true ? calendar.events : [range]];
    }),
  );
}
