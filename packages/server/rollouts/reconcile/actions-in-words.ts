import type { RolloutAction } from '@thimble/rollouts';

/** Host by host it stands in the orders; a plan's list is for people. */
const NAMED = 3;

/** What a plan did, a line for each kind: `apply: 12 endpoints`. */
export function actionsInWords(actions: readonly RolloutAction[]): readonly string[] {
  const endpoints = new Map<string, string[]>();
  const others: string[] = [];
  for (const action of actions)
    if (action.kind !== 'block' && 'endpointId' in action) push(endpoints, action.kind, action.endpointId);
    else others.push(otherInWords(action));
  return [
    ...others,
    ...[...endpoints].map(([kind, ids]) =>
      ids.length <= NAMED ? `${kind}: ${ids.join(', ')}` : `${kind}: ${ids.length} endpoints`,
    ),
  ];
}

function otherInWords(action: RolloutAction): string {
  switch (action.kind) {
    case 'open-ring':
      return `open ring ${action.ring + 1}`;
    case 'pass-gate':
      return `pass the gate of ring ${action.ring + 1}`;
    case 'halt':
      return `halt: ${action.why}`;
    case 'roll-back-ring':
      return `roll back ring ${action.ring + 1}: ${action.why}`;
    case 'block':
      return `recall what ${action.endpointIds.length} failed endpoints of ring ${action.ring + 1} installed`;
    case 'finish':
      return `finish: ${action.state}`;
    default:
      return action.kind;
  }
}

function push(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
