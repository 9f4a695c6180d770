import { BUILT_IN_ROLES, BUILT_IN_ROLE_IDS, PERMISSIONS, PERMISSION_NAMES, type Permission } from '@thimble/protocol';
import { markdownTable } from './between-markers.ts';

/** What each built-in role allows: permissions down, roles across. */
export function rolesTable(): string {
  return markdownTable(
    ['permission', 'allows to', ...BUILT_IN_ROLE_IDS],
    PERMISSION_NAMES.map((name) => [
      `\`${name}\``,
      PERMISSIONS[name],
      ...BUILT_IN_ROLE_IDS.map((id) => (allows(id, name) ? 'yes' : '')),
    ]),
  );
}

function allows(id: (typeof BUILT_IN_ROLE_IDS)[number], name: Permission): boolean {
  return BUILT_IN_ROLES[id].permissions.some((each) => each === name);
}
