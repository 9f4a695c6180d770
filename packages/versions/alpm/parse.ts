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

/** As libalpm's parseEVR (lib/libalpm/version.c), which takes every text: `1:`, `-1` and `1-2-3` too. */
export function parseAlpmVersion(text: string): AlpmVersion | null {
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
