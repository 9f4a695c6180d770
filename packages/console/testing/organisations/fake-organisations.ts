import type { ClientState, FailureSharingMode, Organisation } from '@thimble/protocol';
import { seeded } from '../fixtures/random.ts';

/** What the fake API knows of a provider and its clients; all of them show the same fleet. */
export interface FakeOrganisations {
  readonly items: Organisation[];
  readonly states: Map<string, ClientState>;
  failureSharing: FailureSharingMode;
  readonly newId: () => string;
}

export const FAKE_HOME = { id: '00000000-0000-4000-a000-000000000001', name: 'Example' };

const DAY_MS = 86_400_000;
const CLIENTS = [
  ['Alder Ltd', 412],
  ['Birch & Sons', 38],
  ['Cedar Hospital Trust of the Northern Districts', 1904],
  ['Dogwood', 0],
  ['Elm Logistics', 127],
  ['Fir Insurance', 660],
] as const;
const PARTS = [
  ['Cedar Hospital Trust of the Northern Districts', 'Laboratories', 96],
  ['Cedar Hospital Trust of the Northern Districts', 'Wards', 512],
] as const;

export function createFakeOrganisations(now: () => number): FakeOrganisations {
  const random = seeded(9);
  const one = (name: string, parentId: string | null, daysAgo: number): Organisation => ({
    id: parentId === null ? FAKE_HOME.id : random.uuid(),
    name,
    parentId,
    createdAt: new Date(now() - daysAgo * DAY_MS).toISOString(),
    archivedAt: null,
  });
  const home = one(FAKE_HOME.name, null, 900);
  const clients = CLIENTS.map(([name], index) => one(name, home.id, 700 - index * 60));
  const parts = PARTS.map(([above, name]) => one(name, clients.find((each) => each.name === above)?.id ?? '', 200));
  const ended = { ...one('Gum Tree Media', home.id, 800), archivedAt: new Date(now() - 20 * DAY_MS).toISOString() };
  const sizes = [2000, ...CLIENTS.map(([, size]) => size), ...PARTS.map(([, , size]) => size)];
  const alive = [home, ...clients, ...parts];
  const states = alive.map((organisation, index) => stateOf(organisation, sizes[index] ?? 0, index, now()));
  return {
    items: [...alive, ended],
    states: new Map(states.map((state) => [state.organisation.id, state])),
    failureSharing: 'warn',
    newId: () => random.uuid(),
  };
}

export function stateOf(organisation: Organisation, endpointCount: number, index: number, nowMs: number): ClientState {
  const share = (part: number): number => Math.floor((endpointCount * part * (1 + (index % 3))) / 100);
  return {
    organisation,
    endpointCount,
    staleCount: share(1),
    exposedCount: share(9),
    exploitedCount: index % 2 === 0 ? share(0.4) : 0,
    criticalCount: share(1.5),
    haltedRolloutCount: index === 2 ? 1 : 0,
    overdueCount: index % 3 === 1 ? share(0.7) : 0,
    waitingApprovalCount: index === 1 ? 2 : 0,
    lastRunAt: endpointCount === 0 ? null : new Date(nowMs - (index + 0.3) * DAY_MS).toISOString(),
  };
}
