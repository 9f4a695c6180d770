/** Most files of one archive: the CVE list and npm's export have a few hundred thousand. */
export const ARCHIVE_ENTRIES_LIMIT = 1_000_000;

/** Longest name of an archive's file, characters: PATH_MAX of Linux. */
export const ENTRY_NAME_LIMIT = 4096;

/**
 * How much larger than its packed form a document may be. Real documents reach 60:1 (updateinfo XML); a deflate bomb has
 * 1,000:1, of the other methods 10,000:1 and more.
 */
export const UNPACKED_PER_PACKED_LIMIT = 250;

/** Below this the ratio says nothing: small documents of one repeated record pack very well. */
export const RATIO_COUNTS_FROM_BYTES = 32 * 1024 * 1024;

/** One read of a file. */
export const CHUNK_BYTES = 256 * 1024;
