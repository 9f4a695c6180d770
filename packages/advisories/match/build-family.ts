/**
 * What a version's own text says of who built it for what. Numbers of different families have no common order, though the
 * native tool would compare them: `1.0-2.el8sat` is Satellite's package, not a later one than RHEL's `1.0-1.el8`.
 */
export interface BuildFamily {
  /** Product suffixes and marks, sorted: `el*sat`, `ksplice`, `fips`. Empty: the distribution's regular build. */
  readonly marks: readonly string[];
  /** `el8_6`: the minor release of a build for an extended-support stream. */
  readonly minor: string | null;
  /** Built in a module, whatever its stream. */
  readonly modular: boolean;
}

export function buildFamily(version: string): BuildFamily {
  if (!HAS_A_MARK.test(version)) return REGULAR;
  const marks: string[] = [];
  // .el8sat, .el8ost, .el7rhgs, .el9fdp; not .el8, .el8_6, .el8.1.
  const product = /\.el\d+([a-z]+)/.exec(version)?.[1];
  if (product !== undefined) marks.push(product);
  // OpenShift: 4.2.0-7.2.rhaos4.12.el8
  if (/\.rhaos\d/.test(version)) marks.push('rhaos');
  // Oracle's ksplice and FIPS builds raise the epoch (2:, 10:), Ubuntu's FIPS builds carry .fips.
  if (/\.ksplice\d/.test(version)) marks.push('ksplice');
  if (/[._+~]fips(?![a-z])/i.test(version)) marks.push('fips');
  const minor = /\.el(\d+)_(\d+)/.exec(version);
  return {
    marks,
    minor: minor === null ? null : `${minor[1]}.${minor[2]}`,
    modular: /\.module[_+]/.test(version),
  };
}

const REGULAR: BuildFamily = { marks: [], minor: null, modular: false };
/** One look at a version before the several that tell its marks apart: nearly all have none. */
const HAS_A_MARK = /\.el\d|module|ksplice|rhaos|fips/i;

/** Whether a build's version shows that it comes from a channel, though no inventory said so. */
export function showsChannel(version: string, channel: string): boolean {
  if (/esm/i.test(channel)) return /[+~]esm\d/.test(version);
  if (/fips/i.test(channel)) return buildFamily(version).marks.includes('fips');
  // rhel_eus:9.2, rhel_aus:8.2
  const minor = EXTENDED_SUPPORT.test(channel) ? /:(\d+\.\d+)/.exec(channel)?.[1] : undefined;
  return minor !== undefined && buildFamily(version).minor === minor;
}

/**
 * Whether a channel is a product on top of the release (OpenShift, Satellite, Ubuntu's FIPS) with builds of its own, rather than the
 * release's longer support or another of its repositories.
 */
export function isLayeredProduct(namespace: string, channel: string): boolean {
  if (namespace.startsWith('rhel:')) return !EXTENDED_SUPPORT.test(channel);
  // Ubuntu's FIPS, realtime and live-patch builds; its extended security maintenance goes on with the release's own.
  return namespace.startsWith('ubuntu:') && !channel.startsWith('esm');
}

const EXTENDED_SUPPORT = /^(rhel_|enterprise_linux)/;
