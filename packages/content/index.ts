export {
  type AcquirerParts,
  createAcquirer,
  createFreezeContext,
  type FreezeContextSettings,
  HELD_BACK_BYTES,
} from './acquire/index.ts';
export { holdsInStore, withLocalFile } from './bundle/check-stored.ts';
export { createOfflineContext } from './bundle/offline-context.ts';
export { receiveObject } from './bundle/receive-object.ts';
export { type ConfiguredSource, parseSources, type ParsedSources, type SourcesFault } from './formats/apt/index.ts';
export { FORMATS } from './formats/registry.ts';
export * from './model/index.ts';
export {
  openRelay,
  type Relay,
  RelayError,
  type RelayEvent,
  type RelaySettings,
  type RelayStatus,
} from './relay/index.ts';
export * from './serving/index.ts';
export * from './signatures/index.ts';
export { openFolderStore, openS3Store, type S3StoreSettings } from './store/index.ts';
