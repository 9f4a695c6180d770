/** On which replicas hear that somebody's rights in the organisation changed; the key is the person's or the role's id. */
export const ACCESS_TOPIC = 'access';
