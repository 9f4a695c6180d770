import { DEBIAN_RELEASES, UBUNTU_RELEASES } from './distribution-releases.ts';
import type { Namespace, NoNamespace, OperatingSystem } from './namespace.ts';

/**
 * Whose advisories speak of an installation's packages, from os-release(5). A distribution that nothing is known of gets
 * a gap, never the namespace of something that looks similar: `ID_LIKE` says how tools behave, not whose builds these are.
 */
export function namespaceOf(os: OperatingSystem): Namespace | NoNamespace {
  const id = os.id.toLowerCase();
  const answer = RULES.get(id)?.({ ...os, id, codename: os.codename.toLowerCase() });
  if (answer === undefined)
    return gap(
      os,
      `no advisories are known for the distribution '${id || 'without a name'}'; its packages can't be assessed`,
    );
  if (answer !== null) return answer;
  const release = [os.versionId, os.codename].filter((text) => text !== '').join(', ') || 'none';
  return gap(os, `the release of ${id} is not known (os-release states: ${release}); its packages can't be assessed`);
}

/** null: the release is not understood. */
type NamespaceRule = (os: OperatingSystem) => Namespace | NoNamespace | null;

const debianRelease = (os: OperatingSystem): string | null => {
  const byCodename = DEBIAN_RELEASES.get(os.codename.split('/')[0] ?? '');
  if (byCodename !== undefined) return byCodename;
  // Debian states 12, raspbian 12, others 12.5; before Debian 4 the minor number was part of the release.
  return /^([4-9]|[1-9]\d)(\.\d+)*$/.exec(os.versionId)?.[1] ?? null;
};

const debianOf =
  (words: string | null): NamespaceRule =>
  (os) => {
    const release = debianRelease(os);
    return release === null ? null : { namespace: `debian:${release}`, scheme: 'deb', derivedFrom: words };
  };

const onUbuntu = (version: string | null | undefined, words: string | null): Namespace | null =>
  version === null || version === undefined
    ? null
    : { namespace: `ubuntu:${version}`, scheme: 'deb', derivedFrom: words };

/** Derivatives that keep Ubuntu's version number (Pop!_OS 22.04) or state the code name they build on. */
const ubuntuOf =
  (words: string | null, releases: Readonly<Record<string, string>> = {}): NamespaceRule =>
  (os) => {
    const stated = UBUNTU_RELEASES.get(os.baseCodename?.toLowerCase() ?? '') ?? UBUNTU_RELEASES.get(os.codename);
    const major = os.versionId.split('.')[0] ?? '';
    const own = new Map(Object.entries(releases)).get(major);
    const sameNumber = /^\d{1,2}\.(04|06|10)$/.test(os.versionId) ? os.versionId : null;
    return onUbuntu(stated ?? own ?? sameNumber, words);
  };

/** Ubuntu's packages under another name: `what` is said wherever a verdict is shown. */
const shares = (what: string, base: string): string =>
  `${what} installs most packages from ${base}; advisories of ${base} are applied to those, its own packages are not assessed`;

const MINT = shares('Linux Mint', 'Ubuntu');

const linuxMint: NamespaceRule = (os) => {
  const debianBase = DEBIAN_RELEASES.get(os.baseCodename?.toLowerCase() ?? '') ?? LMDE_RELEASES.get(os.codename);
  if (debianBase !== undefined)
    return {
      namespace: `debian:${debianBase}`,
      scheme: 'deb',
      derivedFrom: shares('Linux Mint Debian Edition', 'Debian'),
    };
  return ubuntuOf(MINT, { '19': '18.04', '20': '20.04', '21': '22.04', '22': '24.04' })(os);
};

/** Linux Mint Debian Edition's own code names. */
const LMDE_RELEASES: ReadonlyMap<string, string> = new Map([
  ['debbie', '10'],
  ['elsie', '11'],
  ['faye', '12'],
  ['gigi', '13'],
]);

const DEVUAN_RELEASES: ReadonlyMap<string, string> = new Map([
  ['beowulf', '10'],
  ['chimaera', '11'],
  ['daedalus', '12'],
  ['excalibur', '13'],
  ['freia', '14'],
  ['ceres', 'sid'],
]);

const devuan: NamespaceRule = (os) => {
  const release = DEVUAN_RELEASES.get(os.codename.split(/[ /]/)[0] ?? '');
  if (release === undefined) return null;
  return { namespace: `debian:${release}`, scheme: 'deb', derivedFrom: shares('Devuan', 'Debian') };
};

/** Distributions that publish for each major release: `9.4` belongs to `almalinux:9`. */
const rpmMajor =
  (name: string, words: string | null = null): NamespaceRule =>
  (os) => {
    const major = /^(\d{1,4})(\.\d+)*$/.exec(os.versionId)?.[1];
    return major === undefined ? null : { namespace: `${name}:${major}`, scheme: 'rpm', derivedFrom: words };
  };

const REBUILD = (name: string): string =>
  `${name} rebuilds Red Hat Enterprise Linux and publishes no advisories that can be read; Red Hat's are applied, and a rebuild can lag behind them`;

const centos: NamespaceRule = (os) => {
  const major = Number(/^\d+/.exec(os.versionId)?.[0] ?? '0');
  // The last CentOS Linux was 8 (`VERSION_ID="8"` for Stream 8 as well); from 9 on there is only Stream.
  if (major >= 9) return centosStream(os);
  return rpmMajor('rhel', REBUILD('CentOS'))(os);
};

const centosStream = rpmMajor(
  'rhel',
  'CentOS Stream runs ahead of Red Hat Enterprise Linux and has no advisories of its own; those of the same major release are applied, ' +
    'and a Stream build with a later number is not proven to contain their repair',
);

/** Distributions whose minor release or service pack has repositories and advisories of its own. */
const rpmMinor =
  (name: string, words: string | null = null): NamespaceRule =>
  (os) => {
    const version = /^(\d{1,3})(\.\d{1,3})?$/.exec(os.versionId.replace(/-?SP/i, '.'));
    if (version === null) return null;
    const minor = version[2] === undefined ? '' : `.${Number(version[2].slice(1))}`;
    return { namespace: `${name}:${version[1]}${minor}`, scheme: 'rpm', derivedFrom: words };
  };

const rolling =
  (namespace: string, scheme: Namespace['scheme'], words: string | null = null): NamespaceRule =>
  () => ({ namespace, scheme, derivedFrom: words });

const amazon: NamespaceRule = (os) => {
  // Amazon Linux AMI (1) counted by the month: 2018.03.
  if (/^201\d\.\d{2}/.test(os.versionId)) return { namespace: 'amzn:1', scheme: 'rpm', derivedFrom: null };
  return rpmMajor('amzn')(os);
};

const alpine: NamespaceRule = (os) => {
  // edge: `VERSION_ID=3.20.0_alpha20231219`, and lately a plain date.
  if (os.codename === 'edge' || /_alpha|^edge$|^\d{8}$/.test(os.versionId))
    return { namespace: 'alpine:edge', scheme: 'apk', derivedFrom: null };
  const release = /^(\d{1,2}\.\d{1,3})(\.\d+)*(_rc\d+)?$/.exec(os.versionId)?.[1];
  return release === undefined ? null : { namespace: `alpine:${release}`, scheme: 'apk', derivedFrom: null };
};

const postmarketos: NamespaceRule = (os) =>
  gap(os, "postmarketOS follows an Alpine release that its os-release does not name; its packages can't be assessed");

const kali: NamespaceRule = (os) =>
  gap(
    os,
    "Kali publishes no advisories. It follows Debian testing with changes of its own and states no Debian release, so Debian's advisories are not applied",
  );

const openEuler: NamespaceRule = (os) =>
  gap(
    os,
    "openEuler's os-release does not name the service pack, and its advisories are published for each; they can't be applied",
  );

const manjaro = rolling(
  'arch',
  'alpm',
  'Manjaro takes over the packages of Arch Linux some weeks later; advisories of Arch are applied',
);

const freebsd: NamespaceRule = (os) => {
  const major = /^(\d{1,2})(\.\d+)*(-\w+)?$/.exec(os.versionId)?.[1];
  return major === undefined ? null : { namespace: `freebsd:${major}`, scheme: 'freebsd', derivedFrom: null };
};

const RULES: ReadonlyMap<string, NamespaceRule> = new Map<string, NamespaceRule>([
  ['debian', debianOf(null)],
  [
    'raspbian',
    debianOf(
      "Raspbian rebuilds Debian for older processors; Debian's advisories are applied, and a rebuild can lag behind them",
    ),
  ],
  ['devuan', devuan],
  ['ubuntu', ubuntuOf(null)],
  ['linuxmint', linuxMint],
  ['lmde', linuxMint],
  ['pop', ubuntuOf(shares('Pop!_OS', 'Ubuntu'))],
  [
    'elementary',
    ubuntuOf(shares('elementary OS', 'Ubuntu'), { '5': '18.04', '6': '20.04', '7': '22.04', '8': '24.04' }),
  ],
  ['zorin', ubuntuOf(shares('Zorin OS', 'Ubuntu'), { '15': '18.04', '16': '20.04', '17': '22.04', '18': '24.04' })],
  ['neon', ubuntuOf(shares('KDE neon', 'Ubuntu'))],
  ['tuxedo', ubuntuOf(shares('TUXEDO OS', 'Ubuntu'))],
  ['kali', kali],
  ['rhel', rpmMajor('rhel')],
  ['centos', centos],
  ['scientific', rpmMajor('rhel', REBUILD('Scientific Linux'))],
  ['almalinux', rpmMajor('almalinux')],
  ['rocky', rpmMajor('rocky')],
  ['ol', rpmMajor('ol')],
  ['amzn', amazon],
  ['fedora', rpmMajor('fedora')],
  ['fedora-asahi-remix', rpmMajor('fedora', shares('Fedora Asahi Remix', 'Fedora'))],
  ['sles', rpmMinor('sles')],
  ['sled', rpmMinor('sles', 'SUSE Linux Enterprise Desktop has the packages of the Server of the same service pack')],
  ['sles_sap', rpmMinor('sles', 'SLES for SAP Applications has the packages of the Server of the same service pack')],
  ['sle-micro', rpmMinor('sle-micro')],
  ['sl-micro', rpmMinor('sl-micro')],
  ['opensuse-leap', rpmMinor('opensuse-leap')],
  ['opensuse-leap-micro', rpmMinor('opensuse-leap-micro')],
  ['opensuse-tumbleweed', rolling('opensuse-tumbleweed', 'rpm')],
  ['opensuse-microos', rolling('opensuse-tumbleweed', 'rpm', 'MicroOS has the packages of openSUSE Tumbleweed')],
  [
    'opensuse-slowroll',
    rolling('opensuse-tumbleweed', 'rpm', 'Slowroll takes over the packages of openSUSE Tumbleweed some weeks later'),
  ],
  ['azurelinux', rpmMinor('azurelinux')],
  ['mariner', rpmMinor('mariner')],
  ['openeuler', openEuler],
  ['alpine', alpine],
  ['postmarketos', postmarketos],
  ['wolfi', rolling('wolfi', 'apk')],
  ['chainguard', rolling('chainguard', 'apk')],
  ['arch', rolling('arch', 'alpm')],
  [
    'archarm',
    rolling('arch', 'alpm', 'Arch Linux ARM rebuilds the packages of Arch Linux; advisories of Arch are applied'),
  ],
  ['manjaro', manjaro],
  ['manjaro-arm', manjaro],
  ['endeavouros', rolling('arch', 'alpm', shares('EndeavourOS', 'Arch Linux'))],
  ['freebsd', freebsd],
]);

function gap(os: OperatingSystem, words: string): NoNamespace {
  const name = `${os.id.toLowerCase() || 'unknown'}${os.versionId === '' ? '' : `:${os.versionId}`}`.slice(0, 200);
  return { gap: words, namespace: name };
}
