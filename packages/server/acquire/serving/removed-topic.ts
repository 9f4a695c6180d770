/** On which replicas hear that an endpoint was removed; the key is its id. */
export const REMOVED_TOPIC = 'endpoint-removed';
