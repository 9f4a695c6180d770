export { fillManifests } from './fill-manifests.ts';
export { SoftwareIds } from './software-ids.ts';
