import { Type, type Static } from 'typebox';
import { Architecture, Label, LIMITS, PackageName, PackageVersion } from '../fields.ts';

/** Where an installed or available package comes from, in the words of a Release file. `null` fields were not stated. */
export const PackageOrigin = Type.Object({
  origin: Type.Union([Label, Type.Null()]),
  label: Type.Union([Label, Type.Null()]),
  suite: Type.Union([Label, Type.Null()]),
  codename: Type.Union([Label, Type.Null()]),
  component: Type.Union([Label, Type.Null()]),
});
export type PackageOrigin = Static<typeof PackageOrigin>;

/** dpkg's status words (dpkg(1), PACKAGE STATES) for packages that are at least unpacked. */
export const PackageStatus = Type.Union([
  Type.Literal('installed'),
  Type.Literal('unpacked'),
  Type.Literal('half-installed'),
  Type.Literal('half-configured'),
  Type.Literal('triggers-awaited'),
  Type.Literal('triggers-pending'),
]);
export type PackageStatus = Static<typeof PackageStatus>;

export const InstalledPackage = Type.Object({
  name: PackageName,
  architecture: Architecture,
  version: PackageVersion,
  /** The source package, whose name and version advisories of Debian and Ubuntu use. */
  source: PackageName,
  sourceVersion: PackageVersion,
  status: PackageStatus,
  /** Installed only because something depended on it (`apt-mark showauto`). */
  automatic: Type.Boolean(),
  /** Held back by the administrator (`apt-mark hold`). */
  held: Type.Boolean(),
  /** `null`: no configured repository has this version (installed by hand, or superseded there). */
  origin: Type.Union([PackageOrigin, Type.Null()]),
});
export type InstalledPackage = Static<typeof InstalledPackage>;

/** Software that the distribution's package manager does not know: language packages, and the packages of containers. */
export const ManifestComponent = Type.Object({
  /** Package URL; for a container's distribution packages with the `distro` qualifier. */
  purl: Type.String({ minLength: 5, maxLength: 1024, pattern: '^pkg:[\\x21-\\x7e]+$' }),
  /** `host`, or `container` for what is in a container that runs here. */
  place: Type.Union([Type.Literal('host'), Type.Literal('container')]),
  /** Where on the endpoint: a folder, or the container's name or image; the first few, sorted. */
  locations: Type.Array(Label, { maxItems: 8 }),
});
export type ManifestComponent = Static<typeof ManifestComponent>;

/**
 * All that is installed on an endpoint, without anything that names the endpoint: equal installations have equal
 * manifests, and so equal digests. Packages are sorted by name, then architecture (by code unit).
 */
export const Manifest = Type.Object({
  format: Type.Literal(1),
  /** The version scheme of all packages. */
  scheme: Type.Literal('deb'),
  distribution: Type.Object({ id: Label, versionId: Label, codename: Label }),
  architecture: Architecture,
  packages: Type.Array(InstalledPackage, { maxItems: LIMITS.packagesPerManifest }),
  /** Sorted by purl, then place. Missing: this agent does not look for them. */
  components: Type.Optional(Type.Array(ManifestComponent, { maxItems: LIMITS.packagesPerManifest })),
});
export type Manifest = Static<typeof Manifest>;
