import { Type, type Static } from 'typebox';
import { Architecture, Count, Gap, Label, PackageName, Prose, Timestamp } from '../fields.ts';

/** A process that still runs code from files which were replaced or removed (proc_pid_maps(5), `(deleted)`). */
export const StaleProcess = Type.Object({
  pid: Count,
  command: Label,
  /** The systemd unit that owns it; `init` for pid 1; null when it belongs to none (a person's shell). */
  unit: Type.Union([Label, Type.Null()]),
  files: Type.Array(Label, { maxItems: 256 }),
  /** The packages that own the files, as far as the package manager knows them. */
  packages: Type.Array(PackageName, { maxItems: 64 }),
});
export type StaleProcess = Static<typeof StaleProcess>;

export const Kernel = Type.Object({
  /** `uname -r`. */
  running: Label,
  /** The newest installed kernel that the boot loader would start; null where none is installed (containers). */
  installed: Type.Union([Label, Type.Null()]),
  runningPackageVersion: Type.Union([Label, Type.Null()]),
  installedPackageVersion: Type.Union([Label, Type.Null()]),
  waitsForReboot: Type.Boolean(),
});
export type Kernel = Static<typeof Kernel>;

export const Repository = Type.Object({
  uri: Label,
  suite: Label,
  components: Type.Array(Label, { maxItems: 64 }),
  origin: Type.Union([Label, Type.Null()]),
  label: Type.Union([Label, Type.Null()]),
  codename: Type.Union([Label, Type.Null()]),
  /** The Release file's Date and Valid-Until; null: none was fetched yet, or it does not say. */
  date: Type.Union([Timestamp, Type.Null()]),
  validUntil: Type.Union([Timestamp, Type.Null()]),
  /** Whether apt verified the Release file's signature with the endpoint's keyrings. */
  trusted: Type.Boolean(),
});
export type Repository = Static<typeof Repository>;

/**
 * How a package's code is in use: mapped in running processes, which listen nowhere, on loopback only, or beyond it.
 * Packages that no process has mapped are not listed: they are dormant. No pids, so that it changes only when use does.
 */
export const PackageInUse = Type.Object({
  package: PackageName,
  reach: Type.Union([Type.Literal('none'), Type.Literal('loopback'), Type.Literal('beyond')]),
  /** Command names (proc_pid_comm(5)) and systemd units, sorted; the first few. */
  commands: Type.Array(Label, { maxItems: 8 }),
  units: Type.Array(Label, { maxItems: 8 }),
});
export type PackageInUse = Static<typeof PackageInUse>;

/** What is true of an endpoint besides its packages: the facts that decide whether patches are effective. */
export const System = Type.Object({
  format: Type.Literal(1),
  hostname: Label,
  os: Type.Object({ id: Label, versionId: Label, codename: Label, prettyName: Label }),
  architecture: Architecture,
  kernel: Kernel,
  bootId: Label,
  bootedAt: Timestamp,
  virtualization: Type.Union([Label, Type.Null()]),
  cpuCount: Count,
  memoryBytes: Count,
  /** Coarse on purpose (steps of 256 MiB), so that the document does not change with every check-in. */
  diskFreeBytes: Count,
  repositories: Type.Array(Repository, { maxItems: 1000 }),
  rebootRequired: Type.Object({ required: Type.Boolean(), reasons: Type.Array(Prose, { maxItems: 64 }) }),
  staleProcesses: Type.Array(StaleProcess, { maxItems: 1000 }),
  /** Sorted by package. Missing: this agent could not look, so nothing is known of it. */
  inUse: Type.Optional(Type.Array(PackageInUse, { maxItems: 10_000 })),
  failedUnits: Type.Array(Label, { maxItems: 1000 }),
  packageManager: Type.Object({
    /** dpkg was interrupted, or packages are not fully installed; the next order repairs it first. */
    interrupted: Type.Boolean(),
    brokenPackages: Type.Array(PackageName, { maxItems: 1000 }),
  }),
  agent: Type.Object({
    version: Label,
    mode: Type.Union([Type.Literal('service'), Type.Literal('timer'), Type.Literal('embedded')]),
    /** Whether it may install packages (runs as root). */
    privileged: Type.Boolean(),
  }),
  gaps: Type.Array(Gap, { maxItems: 100 }),
});
export type System = Static<typeof System>;
