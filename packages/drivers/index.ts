export { APT_DRIVER_DEFAULTS, createAptDriver, type AptDriverOptions } from './apt/index.ts';
export { detachedExitCode } from './detached.ts';
export * from './driver.ts';
export * from './host.ts';
export { createLocalHost, type LocalHostOptions } from './local-host.ts';
export { createRecordedHost, type RecordedCommand, type RecordedHost, type Recording } from './recorded-host.ts';
export { DRIVERS, detectDriver } from './registry.ts';
export { parseDpkgStatus } from './apt/dpkg-status.ts';
export { parseOsRelease } from './apt/os-release.ts';
