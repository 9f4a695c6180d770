import { deb, release, type LabelledInventory, type Recorded } from '../labelled.ts';

/** Facts of the advisories and of the tracker about these releases, written in their shape. */
const LISTS: Recorded = {
  feed: 'debian-lists',
  role: 'list',
  path: 'data/DSA/list',
  content: `[01 Jul 2024] DSA-5724-1 openssh - security update
\t{CVE-2024-6387}
\t[bookworm] - openssh 1:9.2p1-2+deb12u3
[03 Sep 2024] DSA-5764-1 openssl - security update
\t{CVE-2024-6119}
\t[bookworm] - openssl 3.0.14-1~deb12u2
[25 Jul 2024] DSA-5734-1 bind9 - security update
\t{CVE-2024-1737 CVE-2024-1975 CVE-2024-4076}
\t[bullseye] - bind9 1:9.16.50-1~deb11u1
\t[bookworm] - bind9 1:9.18.28-1~deb12u1
[30 Jan 2024] DSA-5611-1 glibc - security update
\t{CVE-2023-6246 CVE-2023-6779 CVE-2023-6780}
\t[bookworm] - glibc 2.36-9+deb12u4
[01 Jan 2024] DSA-5593-1 linux - security update
\t{CVE-2023-6531 CVE-2023-6817}
\t[bookworm] - linux 6.1.69-1
[12 Feb 2026] DSA-6132-1 postgresql-15 - security update
\t{CVE-2026-2003}
\t[bookworm] - postgresql-15 15.16-0+deb12u1
`,
};

const open = (urgency: string, given: object = {}) => ({ status: 'open', repositories: {}, urgency, ...given });
const resolved = (version: string) => ({
  status: 'resolved',
  repositories: {},
  fixed_version: version,
  urgency: 'not yet assigned',
});
const TRACKER: Recorded = {
  feed: 'debian-tracker',
  role: 'tracker',
  path: 'data/json',
  content: JSON.stringify({
    'xz-utils': {
      'CVE-2024-3094': {
        releases: {
          bullseye: resolved('0'),
          bookworm: resolved('0'),
          trixie: resolved('5.6.1+really5.4.5-1'),
          sid: resolved('5.6.1+really5.4.5-1'),
        },
      },
    },
    openssh: {
      'CVE-2024-6387': {
        releases: {
          bullseye: resolved('0'),
          bookworm: resolved('1:9.2p1-2+deb12u3'),
          trixie: resolved('1:9.7p1-7'),
          sid: resolved('1:9.7p1-7'),
        },
      },
    },
    glibc: {
      'CVE-2023-6246': {
        releases: { bullseye: resolved('0'), bookworm: resolved('2.36-9+deb12u4'), sid: resolved('2.37-15') },
      },
      'CVE-2010-4756': {
        releases: { bullseye: open('unimportant'), bookworm: open('unimportant'), sid: open('unimportant') },
      },
    },
    linux: {
      'CVE-2023-6817': {
        releases: { bookworm: resolved('6.1.69-1'), trixie: resolved('6.6.8-1'), sid: resolved('6.6.8-1') },
      },
    },
    tar: {
      'CVE-2005-2541': { releases: { bookworm: open('unimportant') } },
      'CVE-2023-39804': {
        releases: {
          bullseye: resolved('1.34+dfsg-1+deb11u1'),
          bookworm: open('not yet assigned', { nodsa: 'Minor issue', nodsa_reason: '' }),
        },
      },
    },
    cargo: {
      'CVE-2023-38497': {
        releases: {
          bookworm: open('low', { nodsa: 'Minor issue', nodsa_reason: 'ignored' }),
          trixie: resolved('0.70.1+ds1-2'),
        },
      },
    },
    exim4: {
      'CVE-2023-42119': {
        releases: { bookworm: { status: 'undetermined', repositories: {}, urgency: 'not yet assigned' } },
      },
    },
  }),
};

const DEBIAN = release('Debian', 'bookworm', 'stable');

export const DEBIAN_12: LabelledInventory = {
  name: 'Debian 12',
  records: [LISTS, TRACKER],
  os: { id: 'debian', idLike: [], versionId: '12', codename: 'bookworm' },
  packages: {
    // Binary packages of one source; the repaired version has the old upstream number (backport).
    'openssh-server before': deb('openssh-server', '1:9.2p1-2+deb12u2', { source: 'openssh', origin: DEBIAN }),
    'openssh-server after': deb('openssh-server', '1:9.2p1-2+deb12u3', { source: 'openssh', origin: DEBIAN }),
    'libssl3 after': deb('libssl3', '3.0.15-1~deb12u1', { source: 'openssl', origin: DEBIAN }),
    // The epoch decides: 1:9.18.24 is later than 9.18.28 without one.
    'bind9-libs before': deb('bind9-libs', '1:9.18.24-1', { source: 'bind9', origin: DEBIAN }),
    'bind9-libs after': deb('bind9-libs', '1:9.18.28-1~deb12u2', { source: 'bind9', origin: DEBIAN }),
    'libc6 before': deb('libc6', '2.36-9+deb12u3', { source: 'glibc' }),
    // u10 is later than u4: numbers, not letters.
    'libc-bin after': deb('libc-bin', '2.36-9+deb12u10', { source: 'glibc' }),
    liblzma5: deb('liblzma5', '5.4.1-0.2', { source: 'xz-utils', origin: DEBIAN }),
    // Signed kernels have a source of another name.
    'kernel before': deb('linux-image-6.1.0-16-amd64', '6.1.67-1', {
      source: 'linux-signed-amd64',
      sourceVersion: '6.1.67+1',
      origin: DEBIAN,
    }),
    'kernel after': deb('linux-image-6.1.0-17-amd64', '6.1.69-1', {
      source: 'linux-signed-amd64',
      sourceVersion: '6.1.69+1',
      origin: DEBIAN,
    }),
    'kernel from backports before': deb('linux-image-6.5.0-0.deb12.4-amd64', '6.5.10-1~bpo12+1', {
      source: 'linux-signed-amd64',
      sourceVersion: '6.5.10+1~bpo12+1',
      origin: release('Debian Backports', 'bookworm-backports', 'stable-backports'),
    }),
    'kernel from backports after': deb('linux-image-6.6.13+bpo-amd64', '6.6.13-1~bpo12+1', {
      source: 'linux-signed-amd64',
      sourceVersion: '6.6.13+1~bpo12+1',
    }),
    // PGDG's package has the distribution's name and a lower number.
    'postgresql of PGDG': deb('postgresql-15', '15.4-1.pgdg120+1', {
      origin: release('apt.postgresql.org', 'bookworm-pgdg'),
    }),
    'postgresql of PGDG, unstated': deb('postgresql-15', '15.4-1.pgdg120+1'),
    'postgresql of Debian': deb('postgresql-15', '15.4-0+deb12u1', { origin: DEBIAN }),
    tar: deb('tar', '1.34+dfsg-1.2', { origin: DEBIAN }),
    cargo: deb('cargo', '0.66.0+ds1-1', { origin: DEBIAN }),
    'exim4-base': deb('exim4-base', '4.96-15+deb12u3', { source: 'exim4', origin: DEBIAN }),
    // From testing on a stable system.
    'openssh-client of testing': deb('openssh-client', '1:9.7p1-5', {
      source: 'openssh',
      origin: release('Debian', 'trixie', 'testing'),
    }),
  },
  purls: {},
  labels: [
    ['CVE-2024-6387', 'openssh-server before', 'affected'],
    ['CVE-2024-6387', 'openssh-server after', 'not-affected'],
    ['CVE-2024-6387', 'openssh-client of testing', 'affected'],
    ['CVE-2024-6119', 'libssl3 after', 'not-affected'],
    ['CVE-2024-1737', 'bind9-libs before', 'affected'],
    ['CVE-2024-1975', 'bind9-libs before', 'affected'],
    ['CVE-2024-4076', 'bind9-libs before', 'affected'],
    ['CVE-2024-1737', 'bind9-libs after', 'not-affected'],
    ['CVE-2023-6246', 'libc6 before', 'affected'],
    ['CVE-2023-6779', 'libc6 before', 'affected'],
    ['CVE-2023-6780', 'libc6 before', 'affected'],
    ['CVE-2023-6246', 'libc-bin after', 'not-affected'],
    // Open and called unimportant: a finding, with the publisher's word.
    ['CVE-2010-4756', 'libc6 before', 'affected'],
    ['CVE-2010-4756', 'libc-bin after', 'affected'],
    ['CVE-2005-2541', 'tar', 'affected'],
    ['CVE-2023-39804', 'tar', 'affected'],
    ['CVE-2023-38497', 'cargo', 'affected'],
    ['CVE-2023-42119', 'exim4-base', 'unknown'],
    ['CVE-2024-3094', 'liblzma5', 'not-affected'],
    ['CVE-2023-6531', 'kernel before', 'affected'],
    ['CVE-2023-6817', 'kernel before', 'affected'],
    ['CVE-2023-6817', 'kernel after', 'not-affected'],
    ['CVE-2023-6817', 'kernel from backports before', 'affected'],
    ['CVE-2023-6817', 'kernel from backports after', 'not-affected'],
    ['CVE-2026-2003', 'postgresql of Debian', 'affected'],
    ['CVE-2026-2003', 'postgresql of PGDG', 'unknown'],
    ['CVE-2026-2003', 'postgresql of PGDG, unstated', 'unknown'],
  ],
};

export const DEBIAN_11: LabelledInventory = {
  name: 'Debian 11',
  records: [],
  os: { id: 'debian', idLike: [], versionId: '11', codename: 'bullseye' },
  packages: {
    // The vulnerable code came later: stated as not affected, though its number is lower than the repaired one.
    'openssh-server': deb('openssh-server', '1:8.4p1-5+deb11u3', { source: 'openssh' }),
    libc6: deb('libc6', '2.31-13+deb11u7', { source: 'glibc' }),
    'bind9 before': deb('bind9', '1:9.16.48-1'),
    'bind9 after': deb('bind9', '1:9.16.50-1~deb11u1'),
    liblzma5: deb('liblzma5', '5.2.5-2.1~deb11u1', { source: 'xz-utils' }),
  },
  purls: {},
  labels: [
    ['CVE-2024-6387', 'openssh-server', 'not-affected'],
    ['CVE-2023-6246', 'libc6', 'not-affected'],
    ['CVE-2010-4756', 'libc6', 'affected'],
    ['CVE-2024-1737', 'bind9 before', 'affected'],
    ['CVE-2024-1975', 'bind9 before', 'affected'],
    ['CVE-2024-4076', 'bind9 before', 'affected'],
    ['CVE-2024-1737', 'bind9 after', 'not-affected'],
    ['CVE-2024-3094', 'liblzma5', 'not-affected'],
  ],
};

export const DEBIAN_UNSTABLE: LabelledInventory = {
  name: 'Debian unstable',
  records: [],
  os: { id: 'debian', idLike: [], versionId: '', codename: 'sid' },
  packages: {
    'liblzma5 before': deb('liblzma5', '5.6.1-1', { source: 'xz-utils' }),
    // The repaired version goes back: 5.6.1+really5.4.5 is later than 5.6.1 by dpkg's order.
    'liblzma5 after': deb('liblzma5', '5.6.1+really5.4.5-1', { source: 'xz-utils' }),
  },
  purls: {},
  labels: [
    ['CVE-2024-3094', 'liblzma5 before', 'affected'],
    ['CVE-2024-3094', 'liblzma5 after', 'not-affected'],
  ],
};
