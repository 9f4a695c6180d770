export { assessEndpoint, scheduleFindings } from './assess-endpoint.ts';
export { refreshEndpoint } from './refresh-endpoint.ts';
export { SoftwareIds } from './software/index.ts';
