import type { Gap, WhatIf } from '@thimble/protocol';
import { AWAY_SHARE, FAILURE_SHARE } from './chances.ts';
import type { Course } from './course.ts';
import type { SimulationInput } from './input.ts';

const DAY_MS = 86_400_000;

/** What was assumed because nobody knows it. */
export function gapsOf(
  input: SimulationInput,
  { fleet, catalogue }: Pick<Course, 'fleet' | 'catalogue'>,
): readonly Gap[] {
  const { policies, calendars, faultsSeed, whatIf } = input;
  const gaps: Gap[] = [];
  const count = (what: string, many: number, why: string): void => {
    if (many > 0) gaps.push({ what: `${many} ${what}`, why });
  };
  count(
    'endpoints without a list',
    fleet.filter(({ endpoint }) => endpoint.list === null).length,
    'nothing is known of what they lack: they are taken to lack nothing but what is assumed to be published',
  );
  count(
    'endpoints in no ring',
    fleet.filter(({ policy, ring }) => policy !== null && ring === null).length,
    'their policy has no ring for them: they get nothing',
  );
  count(
    'endpoints without a history',
    fleet.filter(({ endpoint, policy }) => policy !== null && endpoint.expectedMs === null).length,
    'an installation is taken to last as long as the policy says, or 30 minutes',
  );
  count(
    'endpoints that are off',
    fleet.filter(({ endpoint }) => !endpoint.online).length,
    'they are taken to stay off, and get nothing',
  );
  count(
    'updates of unknown age',
    catalogue.patches.filter(({ updates }) => updates.some(({ publishedMs }) => publishedMs === null)).length,
    'deadlines that count from their publication are not known',
  );
  for (const assumption of whatIf) gaps.push(...unmetAssumption(assumption, input, catalogue));
  for (const { policy } of policies) {
    for (const calendar of policy.blackouts)
      if (!calendars.has(calendar))
        gaps.push({
          what: `calendar ${calendar}`,
          why: `policy ${policy.name} names it and it is not here: it is taken to be empty`,
        });
    if (policy.start.every === null && policy.start.urgent === null)
      gaps.push({
        what: `starts of ${policy.name}`,
        why: 'people start it: taken to be now, and once a week from then on',
      });
    if (policy.approvals.required > 0 || policy.rings.some(({ gate }) => gate.approvals > 0))
      gaps.push({ what: `approvals of ${policy.name}`, why: 'they are taken to be given at once' });
    if (policy.rings.some(({ gate }) => gate.probes.length > 0))
      gaps.push({ what: `probes of ${policy.name}`, why: 'they are taken to be well' });
  }
  gaps.push({
    what: 'failures and absences',
    why:
      faultsSeed === null
        ? 'none are drawn: nothing fails here'
        : `are drawn: ${percent(input.failureShare ?? FAILURE_SHARE)} of installations fail, and each endpoint is off on ${percent(AWAY_SHARE)} of the days`,
  });
  return gaps.slice(0, 100);
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

/** Whoever misspells a package must not take it for a result that nothing happens. */
function unmetAssumption(
  { kind, package: name, at }: WhatIf,
  { startMs, days }: SimulationInput,
  { patches }: Course['catalogue'],
): readonly Gap[] {
  const what = `assumption ${kind}:${name}`;
  if (Date.parse(at) >= startMs + days * DAY_MS)
    return [{ what, why: 'it comes after these days: it changes nothing' }];
  const isKnown = patches.some(({ updates }) => updates.some((each) => each.name === name || each.source === name));
  return isKnown ? [] : [{ what, why: 'no endpoint lacks an update of a package of this name: it changes nothing' }];
}
