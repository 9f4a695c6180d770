/** What is read of a repository before it is refused. The largest seen in the wild is beside each. */
export const APT_LIMITS = {
  /** Ubuntu's InRelease: 0.3 MB; third parties' with years of versions: 3 MB. */
  releaseBytes: 16 * 1024 * 1024,
  /** Files that a Release lists; Ubuntu's: 4,000. */
  releaseEntries: 200_000,
  /** Debian's main has 9 MB in xz. */
  packedIndexBytes: 256 * 1024 * 1024,
  /** Debian's main has 50 MB; an index of gigabytes is an attack, or nothing that an endpoint could load. */
  unpackedIndexBytes: 1024 * 1024 * 1024,
  /** Kernel modules and TeX have stanzas of 200 kB. */
  stanzaCharacters: 2 * 1024 * 1024,
  /** Longest names and versions: 100 characters. */
  wordCharacters: 256,
  /** Debian has 64,000 for one architecture. */
  packages: 1_000_000,
  /** Debug symbols of browsers have 2 GB. */
  packageBytes: 64 * 1024 * 1024 * 1024,
  /** How far a vendor's clock may be ahead of ours. */
  clockAheadMs: 10 * 60 * 1000,
  /** Of a line that people read: Origin, Label ... */
  labelCharacters: 200,
  /** Upstream may publish while we fetch: then its InRelease is another one, and we begin again. */
  attempts: 3,
} as const;
