import {
  type ChangePersonRequest,
  type CreateTokenRequest,
  type Grant,
  type GrantList,
  type InviteRequest,
  PERMISSIONS,
  PERMISSION_NAMES,
  type Person,
  type SaveRoleRequest,
  type SetFourEyesRequest,
} from '@thimble/protocol';
import type { FakeState } from '../fake-fleet.ts';
import type { Answer } from '../fake-routes.ts';
import type { FakeAccess } from './fake-access.ts';

const ok = (body: unknown): Answer => ({ status: 200, body });
const DAY_MS = 86_400_000;

/** Who may do what. @returns undefined: not about that. */
export function answerAccess(state: FakeState, method: string, path: string, body: unknown): Answer | undefined {
  const { access } = state;
  const [stage, id, part] = path.split('/').slice(1);
  switch (stage) {
    case 'permissions':
      return ok({ items: PERMISSION_NAMES.map((name) => ({ name, allows: PERMISSIONS[name] })) });
    case 'roles':
      return roles(access, method, id, body);
    case 'grants':
      return ok({ items: [...access.grants.keys()].map((each) => grantsOf(access, each)) });
    case 'four-eyes':
      if (method === 'PUT') access.fourEyes = (body as SetFourEyesRequest).setting;
      return ok(fourEyes(access));
    case 'people':
      if (part === 'grants' && id !== undefined) {
        if (method === 'PUT') access.grants.set(id, (body as { grants: Grant[] }).grants);
        return ok(grantsOf(access, id));
      }
      return people(state, method, id, body);
    case 'tokens':
      return tokens(state, method, id, body);
    default:
      return undefined;
  }
}

function grantsOf(access: FakeAccess, personId: string): GrantList {
  const name = [...access.people, access.guest].find(({ id }) => id === personId)?.name ?? '?';
  const grants = (access.grants.get(personId) ?? []).map((grant) => ({
    ...grant,
    roleName: access.roles.find(({ id }) => id === grant.roleId)?.name ?? grant.roleId,
    since: new Date(0).toISOString(),
  }));
  return { personId, name, grants };
}

function fourEyes({ fourEyes: setting }: FakeAccess) {
  if (setting === 'off')
    return { setting, inForce: false, why: 'Switched off: whoever proposes something may approve it.' };
  const why = 'More than one person may approve, so who proposes something can’t approve it.';
  return { setting, inForce: true, why };
}

function roles(access: FakeAccess, method: string, id: string | undefined, body: unknown): Answer {
  const at = access.roles.findIndex((role) => role.id === id);
  if (method === 'GET') return ok({ items: access.roles });
  if (method === 'DELETE') {
    access.roles.splice(at, 1);
    return { status: 204 };
  }
  const { name, description = '', permissions } = body as SaveRoleRequest;
  const saved = { id: id ?? access.newId(), name, description, builtIn: false, permissions, personCount: 0 };
  if (at < 0) access.roles.push(saved);
  else access.roles[at] = saved;
  return { status: at < 0 ? 201 : 200, body: saved };
}

function people({ access, now }: FakeState, method: string, id: string | undefined, body: unknown): Answer {
  const at = access.people.findIndex((person) => person.id === id);
  const person = access.people[at];
  if (method === 'POST') {
    const { name, login } = body as InviteRequest;
    const invited: Person = {
      id: access.newId(),
      name,
      login,
      email: null,
      createdAt: new Date(now()).toISOString(),
      disabledAt: null,
      lastSignedInAt: null,
      ways: [],
      sessionCount: 0,
    };
    access.people.push(invited);
    const expiresAt = new Date(now() + 3 * DAY_MS).toISOString();
    const link = { url: 'https://thimble.example.org:8443/sign-in#link=an-invitation', expiresAt };
    return { status: 201, body: { person: invited, link } };
  }
  if (person === undefined) return ok({ items: access.people });
  const { disabled } = body as ChangePersonRequest;
  const changed = { ...person, disabledAt: disabled === true ? new Date(now()).toISOString() : null };
  access.people[at] = changed;
  return ok(changed);
}

function tokens({ access, now }: FakeState, method: string, id: string | undefined, body: unknown): Answer {
  if (method === 'GET') return ok({ items: access.tokens });
  if (method === 'DELETE') {
    access.tokens.splice(
      access.tokens.findIndex((token) => token.id === id),
      1,
    );
    return { status: 204 };
  }
  const { name, expiresInHours = 90 * 24, roleId = 'viewer', labels = null } = body as CreateTokenRequest;
  const role = access.roles.find((each) => each.id === roleId);
  const token = {
    id: access.newId(),
    name,
    createdAt: new Date(now()).toISOString(),
    createdBy: 'operator',
    expiresAt: new Date(now() + expiresInHours * 3_600_000).toISOString(),
    lastUsedAt: null,
    useCount: 0,
    maximumUses: null,
    roleName: role?.name ?? roleId,
    permissions: role?.permissions ?? [],
    labels,
  };
  access.tokens.unshift(token);
  return { status: 201, body: { token, secret: `thimble_token_${token.id}` } };
}
