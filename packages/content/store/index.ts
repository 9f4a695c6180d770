export { openFolderStore } from './folder-store.ts';
export { openS3Store } from './s3-store.ts';
export type { S3StoreSettings } from './s3-settings.ts';
