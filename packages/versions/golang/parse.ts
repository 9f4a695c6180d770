import { parseSemanticVersion, type SemanticVersion } from '../semantic-version.ts';

/**
 * `v1.2.3-0.20210101000000-abcdefabcdef+incompatible`, with or without the `v` that Go's vulnerability records leave out;
 * `v1` and `v1.2` stand for `v1.0.0` and `v1.2.0` (golang.org/x/mod/semver). `go1.21rc2` is the toolchain's own notation,
 * `1.21.0-rc.2` in records about the standard library.
 */
export function parseGoVersion(text: string): SemanticVersion | null {
  if (text.startsWith('go')) return parseToolchain(text);
  const rest = text.startsWith('v') ? text.slice(1) : text;
  const parts = rest.split('.').length;
  return parseSemanticVersion(SHORT.test(rest) ? rest + '.0'.repeat(3 - parts) : rest);
}

function parseToolchain(text: string): SemanticVersion | null {
  const match = TOOLCHAIN.exec(text);
  if (match === null) return null;
  const [, major, minor = '0', patch = '0', kind, count] = match;
  return parseSemanticVersion(`${major}.${minor}.${patch}${kind === undefined ? '' : `-${kind}.${count}`}`);
}

const SHORT = /^[0-9]+(?:\.[0-9]+)?$/;
const TOOLCHAIN = /^go([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:(alpha|beta|rc)([0-9]+))?$/;
