import {
  type ApiToken,
  BUILT_IN_ROLES,
  BUILT_IN_ROLE_IDS,
  type FourEyesSetting,
  type Grant,
  type Person,
  type Role,
} from '@thimble/protocol';
import { seeded } from '../fixtures/random.ts';

/** What the fake API knows of people, roles and tokens. */
export interface FakeAccess {
  readonly people: Person[];
  readonly roles: Role[];
  readonly tokens: ApiToken[];
  /** By the person's id. */
  readonly grants: Map<string, readonly Grant[]>;
  readonly guest: { readonly id: string; readonly name: string };
  fourEyes: FourEyesSetting;
  readonly newId: () => string;
}

const DAY_MS = 86_400_000;

export function createFakeAccess(now: () => number): FakeAccess {
  const random = seeded(4);
  const ago = (days: number): string => new Date(now() - days * DAY_MS).toISOString();
  const person = (name: string, rest: Partial<Person> = {}): Person => ({
    id: random.uuid(),
    name,
    login: `${name.toLowerCase().replaceAll(' ', '.')}@example.org`,
    email: null,
    createdAt: ago(300),
    disabledAt: null,
    lastSignedInAt: ago(1),
    ways: ['passkey'],
    sessionCount: 1,
    ...rest,
  });
  const ada = person('Ada Ferrari');
  const ben = person('Ben Okafor', { ways: ['password', 'authenticator'], lastSignedInAt: ago(6) });
  const cleo = person('Cleo Martin', { ways: [], lastSignedInAt: null });
  const dan = person('Dan Weber', { disabledAt: ago(40), lastSignedInAt: ago(90), ways: ['single-sign-on'] });
  const nightShift: Role = {
    id: random.uuid(),
    name: 'Night shift',
    description: 'Halts and rolls back what goes wrong at night.',
    builtIn: false,
    permissions: ['endpoints:read', 'runs:read', 'runs:operate'],
    personCount: 1,
  };
  const guest = { id: random.uuid(), name: 'Eva Lindqvist' };
  const grant = (roleId: string, rest: Partial<Grant> = {}): Grant => ({
    roleId,
    labels: null,
    includeClients: false,
    ...rest,
  });
  return {
    people: [ada, ben, cleo, dan],
    roles: [
      ...BUILT_IN_ROLE_IDS.map((id) => ({
        id,
        name: id,
        description: BUILT_IN_ROLES[id].description,
        builtIn: true,
        permissions: [...BUILT_IN_ROLES[id].permissions],
        personCount: id === 'owner' || id === 'operator' ? 1 : 0,
      })),
      nightShift,
    ],
    tokens: [
      {
        id: random.uuid(),
        name: 'inventory',
        createdAt: ago(20),
        createdBy: ben.name,
        expiresAt: ago(-70),
        lastUsedAt: ago(0.1),
        useCount: 1843,
        maximumUses: null,
        roleName: 'viewer',
        permissions: [...BUILT_IN_ROLES.viewer.permissions],
        labels: { role: 'web' },
      },
    ],
    grants: new Map([
      [ada.id, [grant('owner', { includeClients: true })]],
      [ben.id, [grant('operator', { labels: { role: 'web', site: 'bern' } }), grant(nightShift.id)]],
      [guest.id, [grant('auditor')]],
    ]),
    guest,
    fourEyes: 'automatic',
    newId: () => random.uuid(),
  };
}
