/**
 * What is known of the advisories for a namespace: whether silence means 'nothing known' or 'nobody looked'.
 */
export interface Freshness {
  /**
   * `none`: feeds exist, none has been read yet · `unsupported`: no feed speaks of this distribution · `stale`: read, but too
   * long ago.
   */
  readonly advisories: 'current' | 'stale' | 'none' | 'unsupported';
  /** ISO 8601: the state of the feed that was read longest ago; null: none. */
  readonly asOf: string | null;
  /** In words; null when current. */
  readonly why: string | null;
  /** Whether the release still gets repairs; `unknown` raises no gap. */
  readonly support: 'supported' | 'limited' | 'ended' | 'unknown';
  readonly supportNote: string | null;
}
