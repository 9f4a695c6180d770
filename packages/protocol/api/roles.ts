import { Type, type Static } from 'typebox';
import { Count, Label, Prose, Timestamp, Uuid } from '../fields.ts';
import { LabelKey, LabelValue } from '../policy/index.ts';
import { PERMISSION_NAMES, type Permission, PermissionName } from './permissions.ts';

const VIEWER = [
  'endpoints:read',
  'content:read',
  'feeds:read',
  'policies:read',
  'runs:read',
  'organisation:read',
] as const satisfies readonly Permission[];

/** What only owners do: these reach beyond one organisation, or decide who can stop a stolen server. */
const OF_OWNERS: ReadonlySet<Permission> = new Set(['approvers:write', 'server:operate']);

interface BuiltInRole {
  readonly description: string;
  readonly permissions: readonly Permission[];
}

/** The roles that every organisation has. They are code, so nobody can edit them. */
export const BUILT_IN_ROLES = {
  owner: { description: 'Everything, also approvers’ keys and the server itself.', permissions: PERMISSION_NAMES },
  administrator: {
    description: 'Everything inside the organisation but the approvers’ keys.',
    permissions: PERMISSION_NAMES.filter((name) => !OF_OWNERS.has(name)),
  },
  operator: {
    description: 'Patches: enrols endpoints, plans runs and rollouts, operates them. Approves nothing.',
    permissions: [
      ...VIEWER,
      'endpoints:write',
      'endpoints:enrol',
      'exceptions:write',
      'feeds:write',
      'runs:propose',
      'runs:operate',
      'evidence:read',
      'tokens:write',
    ],
  },
  approver: {
    description: 'Approves what others proposed.',
    permissions: [...VIEWER, 'runs:approve', 'evidence:read'],
  },
  auditor: {
    description: 'Sees everything, also people and evidence, and changes nothing.',
    permissions: [...VIEWER, 'evidence:read', 'evidence:export', 'people:read'],
  },
  viewer: { description: 'Sees endpoints, runs, policies and content.', permissions: VIEWER },
} as const satisfies Readonly<Record<string, BuiltInRole>>;

export type BuiltInRoleId = keyof typeof BUILT_IN_ROLES;
export const BUILT_IN_ROLE_IDS = Object.keys(BUILT_IN_ROLES) as readonly BuiltInRoleId[];

/** The word of a built-in role, or the id of one that the organisation made. */
export const RoleId = Type.Union([Type.Unsafe<BuiltInRoleId>(Type.Enum([...BUILT_IN_ROLE_IDS])), Uuid]);

const Permissions = Type.Array(PermissionName, { maxItems: PERMISSION_NAMES.length, uniqueItems: true });

/** All of these labels have to be on an endpoint. */
export const ReachLabels = Type.Record(LabelKey, LabelValue, {
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 10,
});
export type ReachLabels = Static<typeof ReachLabels>;

export const Role = Type.Object({
  id: RoleId,
  name: Label,
  description: Prose,
  builtIn: Type.Boolean(),
  permissions: Permissions,
  /** People who have it in this organisation. */
  personCount: Count,
});
export type Role = Static<typeof Role>;
export const RoleList = Type.Object({ items: Type.Array(Role) });
export type RoleList = Static<typeof RoleList>;

/** 403 `beyond-yourself`: nobody gives what they do not have. 409 `name-taken`. */
export const SaveRoleRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, pattern: '^\\S(.*\\S)?$' }),
    description: Type.Optional(Type.String({ maxLength: 1000 })),
    permissions: Permissions,
  },
  { additionalProperties: false },
);
export type SaveRoleRequest = Static<typeof SaveRoleRequest>;

/** A role that a person has in an organisation. */
export const Grant = Type.Object(
  {
    roleId: RoleId,
    /** Only for endpoints with all of these labels; null: for all. */
    labels: Type.Union([ReachLabels, Type.Null()]),
    /** Also in the organisations below this one. */
    includeClients: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type Grant = Static<typeof Grant>;

export const GrantList = Type.Object({
  personId: Uuid,
  name: Label,
  grants: Type.Array(Type.Object({ ...Grant.properties, roleName: Label, since: Timestamp })),
});
export type GrantList = Static<typeof GrantList>;

/** Everybody who has a role here. */
export const AllGrants = Type.Object({ items: Type.Array(GrantList) });
export type AllGrants = Static<typeof AllGrants>;

/** All grants of a person here; what is left out is taken away. 403 `beyond-yourself`, 409 `last-owner`, 422 `unknown-role`. */
export const SetGrantsRequest = Type.Object(
  { grants: Type.Array(Grant, { maxItems: 20 }) },
  { additionalProperties: false },
);
export type SetGrantsRequest = Static<typeof SetGrantsRequest>;
