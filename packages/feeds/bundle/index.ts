export { BundleError, type BundleErrorCode } from './bundle-error.ts';
export { exportBundle, type ExportOptions } from './export-bundle.ts';
export { importBundle, type ImportedFeed, type ImportOptions, type ImportResult } from './import-bundle.ts';
export type { BundledFeed, BundleManifest } from './manifest.ts';
