import type { OperatingSystem } from '@thimble/advisories';
import type { PackageOrigin } from '@thimble/protocol';
import type { Component, ReadGap } from '@thimble/sbom';

/** A package of the operating system's own package manager. */
export interface SeenPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string | null;
  readonly source: { readonly name: string; readonly version: string } | null;
  /** From which repository; null: not known. */
  readonly origin: PackageOrigin | null;
  /** RPM: who built it. */
  readonly vendor: string | null;
  readonly module: string | null;
}

/** Everything that a target was found to hold. */
export interface Seen {
  /** What was looked at, in words: `this machine (web1)`, `image/`, `bom.json (CycloneDX 1.5)`. */
  readonly subject: { readonly name: string; readonly version: string };
  /** Null: no operating system, only components. */
  readonly os: OperatingSystem | null;
  readonly packages: readonly SeenPackage[];
  readonly components: readonly Component[];
  readonly gaps: readonly ReadGap[];
  /** `uname -r`; null: not a running machine. */
  readonly kernelRelease: string | null;
}
