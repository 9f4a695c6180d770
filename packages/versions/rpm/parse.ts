/** `[epoch:]version[-release]`, rpm-version(7). */
export interface RpmVersion {
  /** Digits; `0` when there is none. */
  readonly epoch: string;
  readonly version: string;
  /** null: there is none, which orders before every release, also before an empty one. */
  readonly release: string | null;
}

/** Printable ASCII. rpm itself skips other bytes as separators; rpmbuild refuses them in a version. */
const PRINTABLE = /^[!-~]+$/;
const EPOCH = /^[0-9]*:/;

/**
 * As rpm's own parseEVR (rpmio/rpmver.c, 4.18): digits before the first colon are the epoch, what follows the last
 * hyphen is the release. Like rpm, it accepts every printable text that is not empty: `1:`, `-1` and `1-2-3` too.
 */
export function parseRpmVersion(text: string): RpmVersion | null {
  if (!PRINTABLE.test(text)) return null;
  const epoch = EPOCH.exec(text)?.[0] ?? '';
  const rest = text.slice(epoch.length);
  const hyphen = rest.lastIndexOf('-');
  return {
    epoch: epoch.length > 1 ? epoch.slice(0, -1) : '0',
    version: hyphen === -1 ? rest : rest.slice(0, hyphen),
    release: hyphen === -1 ? null : rest.slice(hyphen + 1),
  };
}
