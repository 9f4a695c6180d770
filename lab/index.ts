export { labAvailability, labForTests, type LabAvailability } from './availability.ts';
export { attach } from './attach.ts';
export { ensureBase, pruneBases, type BaseImage } from './base.ts';
export { LAB_HOST, MIRROR_HOST } from './clone.ts';
export { Endpoint, type ExecOptions } from './endpoint.ts';
export { createLab, Lab, type EndpointOptions, type LabOptions } from './lab.ts';
export { LabError, type LabErrorCode } from './lab-error.ts';
export { listLabs, remainsOf, sweepLabs, type LabRecord } from './remains.ts';
export type { BaseName, Recipe } from './recipes.ts';
export { run, runOrThrow, type RunOptions, type RunResult } from './run.ts';
export type { RunningKernel } from './running-kernel.ts';
export { ensureTools, missingTools } from './tools.ts';
export type { MirrorSources } from './endpoint.ts';
export { Faults, type Fault, type FaultKind } from './mirror/faults.ts';
export { startMirror, type Mirror, type MirrorOptions, type MirrorRequest } from './mirror/mirror.ts';
export type { PackageRecord } from './mirror/packages-index.ts';
export type { ReleaseFile } from './mirror/release-file.ts';
export type { Answer, Site } from './mirror/site.ts';
export { freezeSuites, type Snapshot } from './mirror/snapshot.ts';
export type { MaintainerScript, VendorPackage } from './vendor/deb-package.ts';
export {
  createVendorRepository,
  type Publication,
  type VendorRelease,
  type VendorRepository,
} from './vendor/vendor-repository.ts';
export { runDebsecan, writeDebsecanData, type TrackerDocument } from './assessment/debsecan.ts';
export { readList, readStatus, type InstalledPackage, type ListedFix } from './assessment/independent-verdicts.ts';
export { hasRealData, layOutMirror, REAL_DATA } from './assessment/real-advisories.ts';
