export { fillManifests } from './fill-manifests.ts';
export { SoftwareIds, storeSoftware } from './software-ids.ts';
