import type { RolloutAction } from '@thimble/rollouts';

/** Host by host it stands in the orders; a plan's list is for people. */
const NAMED = 3;

/** What a plan did, a line for each kind: `apply: 12 endpoints`. @param ringNames by index */
export function actionsInWords(actions: readonly RolloutAction[], ringNames: readonly string[]): readonly string[] {
  const endpoints = new Map<string, string[]>();
  const others: string[] = [];
  for (const action of actions)
    if (action.kind !== 'block' && 'endpointId' in action) push(endpoints, action.kind, action.endpointId);
    else others.push(otherInWords(action, ringNames));
  return [
    ...others,
    ...[...endpoints].map(([kind, ids]) =>
      ids.length <= NAMED ? `${kind}: ${ids.join(', ')}` : `${kind}: ${ids.length} endpoints`,
    ),
  ];
}

function otherInWords(action: RolloutAction, ringNames: readonly string[]): string {
  switch (action.kind) {
    case 'open-ring':
      return `open ring ${ringNames[action.ring]}`;
    case 'pass-gate':
      return `pass the gate of ring ${ringNames[action.ring]}`;
    case 'halt':
      return `halt: ${action.why}`;
    case 'roll-back-ring':
      return `roll back ring ${ringNames[action.ring]}: ${action.why}`;
    case 'block':
      return `recall what ${action.endpointIds.length} failed endpoints of ring ${ringNames[action.ring]} installed`;
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
