/** Receivers write into some errors. */
const LIMIT = 1_000;

/** Why a receiver may not have the records, for people. */
export function problemOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, LIMIT);
}
