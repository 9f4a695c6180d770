import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { REAL_DATA, readList } from '@thimble/lab';
import { compareVersions, isVersion } from '@thimble/versions';
import { seededRandom } from '../fleet/documents.ts';

/** A binary package of a release with the versions that it had, old to new. */
export interface Line {
  readonly name: string;
  readonly source: string;
  readonly versions: readonly string[];
  /** Of a kernel: the release that each version boots as. */
  readonly kernels: readonly string[] | null;
}

/** What installations of one release choose from. */
export interface ReleaseLines {
  readonly codename: string;
  readonly versionId: string;
  /** How many of a hundred endpoints have it. */
  readonly share: number;
  /** On every installation. */
  readonly base: readonly Line[];
  /** The more popular first. */
  readonly others: readonly Line[];
  readonly kernel: Line;
}

/** Sources of what a plain Debian server has. */
const BASE =
  'acl apt attr audit base-files base-passwd bash bind9 brotli bzip2 ca-certificates coreutils cron curl cyrus-sasl2 ' +
  'dbus debconf debianutils diffutils dpkg e2fsprogs expat findutils gcc-12 glibc gmp gnupg2 gnutls28 grep groff gzip ' +
  'hostname icu ifupdown init-system-helpers iproute2 iptables kmod krb5 less libcap2 libgcrypt20 libgpg-error libssh2 ' +
  'libtasn1-6 libxml2 libzstd linux login logrotate lvm2 lz4 mawk nano ncurses netbase nettle nghttp2 openldap openssh ' +
  'openssl p11-kit pam pcre2 perl procps python3.11 readline rsync sed shadow sqlite3 sudo systemd tar tzdata ucf ' +
  'util-linux vim wget xz-utils zlib';
const RELEASES = [
  { codename: 'bullseye', versionId: '11', share: 20 },
  { codename: 'bookworm', versionId: '12', share: 60 },
  { codename: 'trixie', versionId: '13', share: 20 },
] as const;
/** Binaries taken of one source: what is built of it besides are languages, debug symbols and the like. */
const BINARIES = 3;
/** Older versions than these are not met any more. */
const HISTORY = 6;
const NO_BINARY = /-(?:udeb|di|dbg|dbgsym|doc|source)$|^(?:linux-(?:image|headers|source|support|doc)|kernel-image)/;

/** The packages of three Debian releases and the versions that their security updates brought, by Debian's own lists. */
export function realCatalogue(lists: string): readonly ReleaseLines[] {
  const table = gunzipSync(readFileSync(join(REAL_DATA, 'debian/source-versions.tsv.gz'))).toString('utf8');
  const rows = table
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));
  return RELEASES.map((release) => {
    const own = rows.filter(([suite = '']) => suite === release.codename || suite === `${release.codename}-security`);
    return releaseLines(release, own, lists);
  });
}

function releaseLines(
  release: (typeof RELEASES)[number],
  rows: readonly (readonly string[])[],
  lists: string,
): ReleaseLines {
  const versions = new Map<string, Set<string>>();
  const binaries = new Map<string, readonly string[]>();
  const add = (source: string, version: string): void => {
    if (isVersion('deb', version)) versions.set(source, (versions.get(source) ?? new Set()).add(version));
  };
  for (const [, source = '', version = '', names = ''] of rows) {
    add(source, version);
    binaries.set(
      source,
      [...new Set(names.split(','))].filter((name) => name !== '' && !NO_BINARY.test(name)),
    );
  }
  for (const kind of ['DSA', 'DLA'])
    for (const { source, fixed } of readList(join(lists, kind, 'list'), release.codename))
      if (versions.has(source)) add(source, fixed);
  const sorted = new Map(
    [...versions].map(([source, set]) => [
      source,
      [...set].sort((a, b) => compareVersions('deb', a, b)).slice(-HISTORY),
    ]),
  );
  const linesOf = (source: string): readonly Line[] =>
    (binaries.get(source) ?? [])
      .slice(0, BINARIES)
      .map((name) => ({ name, source, versions: sorted.get(source) ?? [], kernels: null }));
  const base = new Set(BASE.split(' '));
  const random = seededRandom(Number(release.versionId));
  // What has security updates is what many use: it comes first, in an order of chance.
  const order = [...sorted.keys()]
    .filter((source) => !base.has(source))
    .map((source) => ({ source, rank: random() + ((sorted.get(source)?.length ?? 0) > 1 ? 0 : 1) }))
    .sort((a, b) => a.rank - b.rank);
  return {
    ...release,
    base: [...base].flatMap(linesOf),
    others: order.flatMap(({ source }) => linesOf(source)),
    kernel: kernelLine(sorted.get('linux') ?? ['6.1.1-1']),
  };
}

/** Debian signs what it built of `linux`: the package keeps that version, its source has a plus in it. */
function kernelLine(versions: readonly string[]): Line {
  const kernels = versions.map((version, index) => `${/^\d+\.\d+/.exec(version)?.[0] ?? '6.1'}.0-${30 + index}-amd64`);
  return { name: 'linux-image', source: 'linux-signed-amd64', versions, kernels };
}

/** Where the lists of a laid-out mirror are; null: there are none, and so no real catalogue. */
export function listsIn(mirror: string): string | null {
  const lists = join(mirror, 'debian-lists', 'data');
  return existsSync(lists) ? lists : null;
}
