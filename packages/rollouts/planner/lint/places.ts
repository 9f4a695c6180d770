import { inNumbers, isOut, wasChanged, type Case, type EndpointAction, type Finding } from './case.ts';

const DISRUPTS: ReadonlySet<EndpointAction['kind']> = new Set(['apply', 'reboot', 'restart-services', 'roll-back']);

/** Never more worked on at once in a ring, and never more out in a group of a budget, than the policy says. */
export function places({ rollout, actions }: Case): readonly Finding[] {
  const { policy, members, budgetGroups } = rollout;
  const beginning = new Set(actions.flatMap(({ action }) => (DISRUPTS.has(action.kind) ? [action.endpointId] : [])));
  const groups = budgetGroups.map(() => ({ out: 0, base: 0, begins: false }));
  const rings = policy.rings.map(() => ({ working: 0, base: 0, begins: false }));
  for (const member of members) {
    const { progress, online, ring, endpointId } = member;
    const begins = beginning.has(endpointId);
    const out = isOut(member);
    const leftOut = progress.kind === 'left-out';
    for (const index of member.budgetGroups) {
      const group = groups[index];
      if (group === undefined) continue;
      if (out || begins) group.out++;
      // What is out already takes no further place, whatever is done about it.
      if (begins && !out) group.begins = true;
      if (out || (online && !leftOut)) group.base++;
    }
    const lane = rings[ring];
    if (lane === undefined) continue;
    if (progress.kind === 'working' || begins) lane.working++;
    if (begins) lane.begins = true;
    if (!leftOut && (online || wasChanged(member))) lane.base++;
  }
  return [
    ...rings.flatMap(({ working, base, begins }, index): readonly Finding[] => {
      const ring = policy.rings[index];
      const atMost = ring === undefined ? 0 : inNumbers(ring.atOnce, base);
      return begins && working > atMost
        ? [
            {
              rule: 'at-once',
              endpointId: null,
              message: `ring ${ring?.name ?? index}: ${working} at once, at most ${atMost}`,
            },
          ]
        : [];
    }),
    ...groups.flatMap(({ out, base, begins }, index): readonly Finding[] => {
      const { budget, name } = budgetGroups[index] ?? { budget: -1, name: '' };
      const rule = policy.budgets[budget];
      const atMost = rule === undefined ? 0 : inNumbers(rule.atMost, base);
      return begins && out > atMost
        ? [{ rule: 'budget', endpointId: null, message: `${name}: ${out} out, at most ${atMost}` }]
        : [];
    }),
  ];
}
