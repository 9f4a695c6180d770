/**
 * The assessment by its parts, for whoever measures it: seed a fleet, write advisories with the store, then
 * `assessNow` (everything that is due), `reassess` (some names), `assessEverything`, `affectedEndpoints`.
 */
export { createAdvisoryStore } from './advisories/index.ts';
export { affectedEndpoints } from './assess/findings/affected-endpoints.ts';
export { ASSESSMENT_TOPIC, assessNow } from './assess/index.ts';
export { refreshSummaries } from './assess/summaries/index.ts';
export { assessEverything, reassess } from './assess/verdicts/index.ts';
export { listVulnerabilities } from './assess/vulnerabilities/list.ts';
export { type SeededFleet, seedFleet } from './testing/seed-fleet.ts';
