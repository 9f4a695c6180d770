import type { Component } from '../component.ts';
import type { ReadGap } from '../reader.ts';

/** What a software bill of materials names. */
export interface SbomDocument {
  /** `CycloneDX 1.6`, `SPDX-2.3` */
  readonly format: string;
  /** What it is the bill of; null: it does not say. */
  readonly subject: { readonly name: string; readonly version: string } | null;
  readonly components: readonly Component[];
  /** Components without a package URL, versions that are missing: what can't be assessed by it. */
  readonly gaps: readonly ReadGap[];
}
