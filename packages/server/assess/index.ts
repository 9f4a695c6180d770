export { assessEndpoint, scheduleFindings } from './assess-endpoint.ts';
export { ASSESSMENT_TOPIC, assessNow } from './reconciler.ts';
export { refreshEndpoint } from './refresh-endpoint.ts';
export type { FleetNamespace } from './summaries/index.ts';
export { SoftwareIds } from './software/index.ts';
export { advisoryGaps, fixableSoftware, type FixableSoftware, urgencyOf } from './closing.ts';
export { activeExceptions, excepts } from './exceptions/active.ts';
export { reachesFix } from './findings/reaches-fix.ts';
