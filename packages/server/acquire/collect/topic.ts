/** On which replicas hear that content was collected: what they know of revisions may be gone. */
export const COLLECTED_TOPIC = 'content-collected';
