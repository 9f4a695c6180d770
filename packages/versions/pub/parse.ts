/** An identifier that Dart's int.tryParse reads is a number, everything else a word. */
export type PubIdentifier = bigint | string;

export interface PubVersion {
  readonly release: readonly bigint[];
  readonly prerelease: readonly PubIdentifier[];
  readonly build: readonly PubIdentifier[];
}

/** pub_semver, Version.parse: leading zeros are fine everywhere; the numbers are 64-bit integers. */
export function parsePubVersion(text: string): PubVersion | null {
  const match = SHAPE.exec(text);
  if (match === null) return null;
  const release = match.slice(1, 4).map(BigInt);
  const prerelease = match[4]?.split('.') ?? [];
  const build = match[5]?.split('.') ?? [];
  // Dart reads 0x1f as 31, but what it makes of the upper half of the 64 bits depends on the platform.
  if (release.some((number) => number > INT_MAX) || [...prerelease, ...build].some((part) => HEXADECIMAL.test(part)))
    return null;
  return { release, prerelease: prerelease.map(identifier), build: build.map(identifier) };
}

function identifier(text: string): PubIdentifier {
  if (!/^-?[0-9]+$/.test(text)) return text;
  const value = BigInt(text);
  return value <= INT_MAX && value >= -INT_MAX - 1n ? value : text;
}

const INT_MAX = 9_223_372_036_854_775_807n;
const HEXADECIMAL = /^-?0x[0-9a-f]+$/i;
const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const SHAPE = new RegExp(`^([0-9]+)\\.([0-9]+)\\.([0-9]+)(?:-(${IDENTIFIERS}))?(?:\\+(${IDENTIFIERS}))?$`);
