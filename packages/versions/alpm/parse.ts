/** `[epoch:]pkgver[-pkgrel]`, PKGBUILD(5). */
export interface AlpmVersion {
  /** Digits; `0` when there is none. */
  readonly epoch: string;
  readonly version: string;
  /** null: there is none, and it is not compared. */
  readonly release: string | null;
}

/** Printable ASCII, which makepkg demands. */
const PRINTABLE = /^[!-~]+$/;
const EPOCH = /^[0-9]*:/;

/**
 * As libalpm's parseEVR (lib/libalpm/version.c). A part that ends in a separator, such as `1.0.`, is refused: vercmp has
 * no order for those (1.0..a > 1.0.1 > 1.0. > 1.0..a), and no package has them.
 */
export function parseAlpmVersion(text: string): AlpmVersion | null {
  if (!PRINTABLE.test(text)) return null;
  const epoch = EPOCH.exec(text)?.[0] ?? '';
  const rest = text.slice(epoch.length);
  const hyphen = rest.lastIndexOf('-');
  const version = hyphen === -1 ? rest : rest.slice(0, hyphen);
  const release = hyphen === -1 ? null : rest.slice(hyphen + 1);
  if (endsInSeparator(version) || (release !== null && endsInSeparator(release))) return null;
  return { epoch: epoch.length > 1 ? epoch.slice(0, -1) : '0', version, release };
}

function endsInSeparator(part: string): boolean {
  return part !== '' && !/[0-9A-Za-z]$/.test(part);
}
