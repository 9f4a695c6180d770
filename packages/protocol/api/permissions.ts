import { Type, type Static } from 'typebox';

/** Everything that a role can allow, and in words what it is. A role is a set of these. */
export const PERMISSIONS = {
  'endpoints:read': 'see endpoints, their packages, updates, findings and risk',
  'endpoints:write': 'label endpoints, state what they are worth, remove them',
  'endpoints:enrol': 'make enrolment tokens, let endpoints in, quarantine and release them',
  'exceptions:write': 'accept risks, override priorities, import VEX statements',
  'content:read': 'see repositories, snapshots, blocks and transfers, and fetch content',
  'content:write': 'approve repositories and their keys, make and promote snapshots, block packages, run relays',
  'feeds:read': 'see advisory feeds, and export them',
  'feeds:write': 'switch feeds, synchronise and import them',
  'policies:read': 'see policies, windows, calendars and freezes, and simulate',
  'policies:write': 'change policies, windows, calendars and freezes',
  'runs:read': 'see patch runs and rollouts',
  'runs:propose': 'plan patch runs and start rollouts',
  'runs:approve': 'approve what others proposed',
  'runs:operate': 'halt, resume, cancel, retry, roll back, reboot, restart services',
  'evidence:read': 'see and verify the evidence',
  'evidence:export': 'export evidence, and send it to other systems',
  'people:read': 'see people, their roles and sessions',
  'people:write': 'invite people, change their roles, end their sessions',
  'tokens:write': 'see, make and revoke API tokens',
  'organisation:read': 'see the organisation and its clients',
  'organisation:write': 'change the organisation, its sign-in rules and its clients',
  'approvers:write': 'propose another set of approvers’ keys',
  'server:operate': 'look after the server itself: backup, keys, witnesses, agents’ versions',
} as const;

export type Permission = keyof typeof PERMISSIONS;
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as readonly Permission[];

export const PermissionName = Type.Unsafe<Permission>(Type.Enum(Object.keys(PERMISSIONS)));
export const PermissionList = Type.Object({
  items: Type.Array(Type.Object({ name: PermissionName, allows: Type.String() })),
});
export type PermissionList = Static<typeof PermissionList>;
