import { Type, type Static } from 'typebox';
import { Architecture, Count, Gap, Label, LIMITS, PackageName, PackageVersion, Sha256, Timestamp } from '../fields.ts';
import { PackageOrigin } from './manifest.ts';

/** The signed index (Release file) from which candidates or a transaction were computed. */
export const RepositoryIndex = Type.Object({
  uri: Label,
  suite: Label,
  /** Of the InRelease (or Release) file whose signature apt verified. */
  sha256: Sha256,
  date: Type.Union([Timestamp, Type.Null()]),
  validUntil: Type.Union([Timestamp, Type.Null()]),
});
export type RepositoryIndex = Static<typeof RepositoryIndex>;

/** A newer version of an installed package that the endpoint's own repositories offer. */
export const Update = Type.Object({
  name: PackageName,
  architecture: Architecture,
  installed: PackageVersion,
  candidate: PackageVersion,
  source: PackageName,
  sourceVersion: PackageVersion,
  /** The candidate, or a version between the installed one and it, comes from a security pocket. */
  security: Type.Boolean(),
  origin: PackageOrigin,
  downloadBytes: Count,
  held: Type.Boolean(),
  /** Ubuntu's phased updates (Phased-Update-Percentage): `included` says whether this machine is in the phase. */
  phased: Type.Union([Type.Object({ percentage: Count, included: Type.Boolean() }), Type.Null()]),
});
export type Update = Static<typeof Update>;

/** All updates that an endpoint could take now. Sorted like a manifest. */
export const Updates = Type.Object({
  format: Type.Literal(1),
  indexes: Type.Array(RepositoryIndex, { maxItems: 1000 }),
  updates: Type.Array(Update, { maxItems: LIMITS.packagesPerManifest }),
  gaps: Type.Array(Gap, { maxItems: 100 }),
});
export type Updates = Static<typeof Updates>;
