/** Bounds on what is read of an endpoint: several times what the largest real systems have. */
export const READ_LIMITS = {
  /** 65,000 packages (all of Debian) make 90 MB; ordinary servers less than 1 MB. */
  dpkgStatusBytes: 128 * 1024 * 1024,
  extendedStatesBytes: 16 * 1024 * 1024,
  /** Debian's main InRelease has 150 kB; apt's own limit is 10 MB. */
  releaseFileBytes: 10 * 1024 * 1024,
  /** One Packages file: Debian's main has 50 MB. */
  packagesFileBytes: 1024 * 1024 * 1024,
  smallFileBytes: 1024 * 1024,
  /** /proc/PID/maps of a large Java server has 1 MB. */
  mapsBytes: 32 * 1024 * 1024,
  processes: 100_000,
  indexTargets: 1_000,
} as const;

export const DEADLINES = {
  /** Reads of local state. */
  queryMs: 60_000,
  /** A dry run of apt over the whole archive takes about 0.6 s, on slow ARM boards 20 s. */
  simulateMs: 300_000,
  /** Fetching indexes over a slow line. */
  refreshMs: 900_000,
  downloadMs: 4 * 3_600_000,
  /** Services that refuse to stop are killed by systemd after 90 s each. */
  restartMs: 600_000,
} as const;
