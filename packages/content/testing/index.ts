export { type HostileUpstream, startHostileUpstream, type UpstreamBehaviour } from './hostile-upstream.ts';
export type { HonestFile } from './honest-file.ts';
export { buildDeb, type BuiltDeb, type DebSpec } from './deb-package.ts';
export { createGpgHome, type GpgHome, type GpgKeySettings, type GpgSignSettings } from './gpg-home.ts';
export { createMemoryContext, type MemoryContext, type MemoryContextSettings } from './memory-context.ts';
export { nativeToolsForTests, NATIVE_TOOLS } from './native-tools.ts';
export { type AptPublication, createSignedAptRepository, type SignedAptRepository } from './signed-apt-repository.ts';
export {
  createSignedRpmRepository,
  type RpmPublication,
  type RpmSpec,
  type SignedRpmRepository,
} from './signed-rpm-repository.ts';
export {
  buildApk,
  createApkKey,
  createSignedApkRepository,
  type ApkIndexSettings,
  type ApkKey,
  type ApkPackage,
  type ApkSpec,
  type SignedApkRepository,
} from './signed-apk-repository.ts';
export { type FakeServer, RELAY_TOKEN, REVISION, startFakeServer } from '../relay/testing/fake-server.ts';
