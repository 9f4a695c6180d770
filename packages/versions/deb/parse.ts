/** `[epoch:]upstream-version[-debian-revision]`, deb-version(7). */
export interface DebVersion {
  readonly epoch: number;
  readonly upstream: string;
  /** Empty when there is none, which orders like `0`. */
  readonly revision: string;
}

/** dpkg keeps the epoch in a C int and refuses what does not fit (lib/dpkg/parsehelp.c). */
const EPOCH_MAX = 2_147_483_647;
const EPOCH_DIGITS_MAX = 10;
/** dpkg reads it with strtol, which takes a plus sign. */
const EPOCH = /^\+?(?=[0-9])0*([0-9]*)$/;
const UPSTREAM = /^[0-9][A-Za-z0-9.+~:-]*$/;
const REVISION = /^[A-Za-z0-9.+~]+$/;

/**
 * As strict as `dpkg --validate-version`: the upstream version starts with a digit, the epoch is a number, a hyphen is
 * followed by a revision. Surrounding blanks are refused too, which dpkg would trim. `dpkg --compare-versions` still
 * answers for bad syntax of the milder kind (`a1`, `1_2`), with a warning; that answer is not used.
 */
export function parseDebVersion(text: string): DebVersion | null {
  const colon = text.indexOf(':');
  let epoch = 0;
  if (colon !== -1) {
    const digits = text.slice(0, colon);
    const significant = EPOCH.exec(digits)?.[1];
    if (significant === undefined || significant.length > EPOCH_DIGITS_MAX) return null;
    epoch = Number(significant);
    if (epoch > EPOCH_MAX) return null;
  }
  const rest = text.slice(colon + 1);
  const hyphen = rest.lastIndexOf('-');
  const upstream = hyphen === -1 ? rest : rest.slice(0, hyphen);
  const revision = hyphen === -1 ? '' : rest.slice(hyphen + 1);
  if (!UPSTREAM.test(upstream)) return null;
  if (hyphen !== -1 && !REVISION.test(revision)) return null;
  return { epoch, upstream, revision };
}
