import { deb, release, type LabelledInventory, type Recorded } from '../labelled.ts';

const cve = (id: string, priority: string, statements: string): readonly [string, string] => [
  `ubuntu-cve-tracker/active/${id}`,
  `Candidate: ${id}\nPublicDate: 2023-10-18 04:15:00 UTC\nReferences:\nDescription:\n A flaw.\nNotes:\nMitigation:\nBugs:\nPriority: ${priority}\nDiscovered-by:\nAssigned-to:\nCVSS:\n\n${statements}\n`,
];

const TRACKER: Recorded = {
  feed: 'ubuntu-cve-tracker',
  role: 'archive',
  path: 'ubuntu-cve-tracker-master.tar.gz',
  entries: Object.fromEntries([
    cve(
      'CVE-2023-38545',
      'high',
      'Patches_curl:\nupstream_curl: needs-triage\nxenial_curl: ignored (end of standard support)\nesm-infra/xenial_curl: not-affected\nfocal_curl: not-affected (7.68.0-1ubuntu2.19)\njammy_curl: released (7.81.0-1ubuntu1.14)\n',
    ),
    cve(
      'CVE-2023-4911',
      'high',
      'Patches_glibc:\nfocal_glibc: not-affected (code not present)\njammy_glibc: released (2.35-0ubuntu3.4)\n',
    ),
    cve(
      'CVE-2023-0286',
      'high',
      'Patches_openssl:\nupstream_openssl: released (3.0.8)\nxenial_openssl: ignored (end of standard support)\nesm-infra/xenial_openssl: released (1.0.2g-1ubuntu4.20+esm6)\njammy_openssl: released (3.0.2-0ubuntu1.8)\nfips-updates/jammy_openssl: needed\n',
    ),
    // A package of universe: repaired in ESM only.
    cve(
      'CVE-2022-46175',
      'medium',
      'Patches_node-json5:\nupstream_node-json5: released (2.2.2)\njammy_node-json5: needed\nesm-apps/jammy_node-json5: released (2.2.0+dfsg-1ubuntu1+esm1)\n',
    ),
    cve(
      'CVE-2023-6817',
      'high',
      'Patches_linux:\njammy_linux: released (5.15.0-97.107)\n\nPatches_linux-aws:\njammy_linux-aws: released (5.15.0-1053.58)\n',
    ),
  ]),
};

const UBUNTU = release('Ubuntu', 'jammy', 'jammy-security');

export const UBUNTU_22_04: LabelledInventory = {
  name: 'Ubuntu 22.04',
  records: [TRACKER],
  os: { id: 'ubuntu', idLike: ['debian'], versionId: '22.04', codename: 'jammy' },
  packages: {
    'libcurl4 before': deb('libcurl4', '7.81.0-1ubuntu1.13', { source: 'curl', origin: UBUNTU }),
    'libcurl4 after': deb('libcurl4', '7.81.0-1ubuntu1.14', { source: 'curl', origin: UBUNTU }),
    'libc6 after': deb('libc6', '2.35-0ubuntu3.10', { source: 'glibc', origin: UBUNTU }),
    'libssl3 before': deb('libssl3', '3.0.2-0ubuntu1.7', { source: 'openssl', origin: UBUNTU }),
    // FIPS builds are of a channel of their own, in which it is still open.
    'libssl3 of FIPS': deb('libssl3', '3.0.2-0ubuntu1.12+Fips1', {
      source: 'openssl',
      origin: release('UbuntuFIPSUpdates', 'jammy'),
    }),
    'json5 of universe': deb('node-json5', '2.2.0+dfsg-1', { origin: UBUNTU }),
    'json5 of ESM': deb('node-json5', '2.2.0+dfsg-1ubuntu1+esm1', { origin: release('UbuntuESMApps', 'jammy') }),
    'json5 of ESM, unstated': deb('node-json5', '2.2.0+dfsg-1ubuntu1+esm1'),
    'kernel before': deb('linux-image-5.15.0-94-generic', '5.15.0-94.104', { source: 'linux-signed', origin: UBUNTU }),
    'kernel after': deb('linux-image-5.15.0-97-generic', '5.15.0-97.107', { source: 'linux-signed', origin: UBUNTU }),
    // Its number is higher than the generic one's, and is of another series.
    'kernel of AWS before': deb('linux-image-5.15.0-1052-aws', '5.15.0-1052.57', {
      source: 'linux-signed-aws',
      origin: UBUNTU,
    }),
    'kernel metapackage': deb('linux-image-generic', '5.15.0.94.91', { source: 'linux-meta', origin: UBUNTU }),
    'docker-ce': deb('docker-ce', '5:24.0.7-1~ubuntu.22.04~jammy', { origin: release('Docker', 'jammy') }),
    'curl of a PPA': deb('curl', '7.81.0-1ubuntu1.3~ppa1', { origin: release('LP-PPA-someone', 'jammy') }),
  },
  purls: {},
  labels: [
    ['CVE-2023-38545', 'libcurl4 before', 'affected'],
    ['CVE-2023-38545', 'libcurl4 after', 'not-affected'],
    ['CVE-2023-38545', 'curl of a PPA', 'unknown'],
    ['CVE-2023-4911', 'libc6 after', 'not-affected'],
    ['CVE-2023-0286', 'libssl3 before', 'affected'],
    ['CVE-2023-0286', 'libssl3 of FIPS', 'affected'],
    ['CVE-2022-46175', 'json5 of universe', 'affected'],
    ['CVE-2022-46175', 'json5 of ESM', 'not-affected'],
    ['CVE-2022-46175', 'json5 of ESM, unstated', 'not-affected'],
    ['CVE-2023-6817', 'kernel before', 'affected'],
    ['CVE-2023-6817', 'kernel after', 'not-affected'],
    ['CVE-2023-6817', 'kernel of AWS before', 'affected'],
    ['CVE-2023-6817', 'kernel metapackage', 'not-affected'],
  ],
};

export const UBUNTU_16_04: LabelledInventory = {
  name: 'Ubuntu 16.04 after its standard support',
  records: [],
  os: { id: 'ubuntu', idLike: ['debian'], versionId: '16.04', codename: 'xenial' },
  packages: {
    libcurl3: deb('libcurl3', '7.47.0-1ubuntu2.19', { source: 'curl' }),
    'libssl1.0.0 before': deb('libssl1.0.0', '1.0.2g-1ubuntu4.20', { source: 'openssl' }),
    'libssl1.0.0 after': deb('libssl1.0.0', '1.0.2g-1ubuntu4.20+esm11', { source: 'openssl' }),
  },
  purls: {},
  labels: [
    ['CVE-2023-38545', 'libcurl3', 'not-affected'],
    ['CVE-2023-0286', 'libssl1.0.0 before', 'affected'],
    ['CVE-2023-0286', 'libssl1.0.0 after', 'not-affected'],
  ],
};

export const LINUX_MINT: LabelledInventory = {
  name: 'Linux Mint 21.3',
  records: [],
  os: { id: 'linuxmint', idLike: ['ubuntu', 'debian'], versionId: '21.3', codename: 'virginia' },
  packages: {
    libcurl4: deb('libcurl4', '7.81.0-1ubuntu1.13', { source: 'curl', origin: UBUNTU }),
    'curl of Mint': deb('curl', '7.1+linuxmint1+virginia', { origin: release('linuxmint', 'virginia') }),
  },
  purls: {},
  labels: [
    ['CVE-2023-38545', 'libcurl4', 'affected'],
    ['CVE-2023-38545', 'curl of Mint', 'unknown'],
  ],
};
