export { ContentBundleError } from './bundle-error.ts';
export { ADVISORIES_NAME, type BundleFolder, openBundleFolder } from './bundle-folder.ts';
export { type BundledObject, objectsOf, openManifest, signManifest } from './manifest.ts';
export { type BundleFlaws, verifyBundle } from './verify-bundle.ts';
