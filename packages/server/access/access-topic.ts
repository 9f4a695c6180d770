/**
 * On which replicas hear that somebody's rights changed or a session of theirs ended, in whatever organisation; the key is the
 * person's id, or an organisation's in which nobody may act any more.
 */
export const ACCESS_TOPIC = 'access';

/** What a role allows has changed, for everybody who has it: also in the organisations below that of the role. The key is its id. */
export const ROLES_TOPIC = 'roles';
