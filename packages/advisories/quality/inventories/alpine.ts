import type { LabelledInventory, Recorded } from '../labelled.ts';

const secdb = (
  release: string,
  packages: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
): Recorded => ({
  feed: 'secdb-alpine',
  role: 'database',
  path: `${release}/main.json`,
  content: JSON.stringify({
    apkurl: '{{urlprefix}}/{{distroversion}}/{{reponame}}/{{arch}}/{{pkg.name}}-{{pkg.ver}}.apk',
    archs: ['x86_64'],
    reponame: 'main',
    urlprefix: 'https://dl-cdn.alpinelinux.org/alpine',
    distroversion: release,
    packages: Object.entries(packages).map(([name, secfixes]) => ({ pkg: { name, secfixes } })),
  }),
});

export const ALPINE: LabelledInventory = {
  name: 'Alpine 3.15 and 3.19',
  records: [
    secdb('v3.15', { busybox: { '1.34.1-r5': ['CVE-2022-28391'], '0': ['CVE-2021-42373'] } }),
    secdb('v3.19', {
      busybox: { '1.36.1-r17': ['CVE-2023-42364', 'CVE-2023-42365'], '1.35.0-r7': ['CVE-2022-28391'] },
      xz: { '5.4.5-r1': ['CVE-2024-0000'] },
    }),
  ],
  os: null,
  packages: {},
  purls: {
    // r18 is later than r2 and r17: numbers, not letters.
    'busybox r18': 'pkg:apk/alpine/busybox@1.36.1-r18?arch=x86_64&distro=alpine-3.19.1',
    'busybox r2': 'pkg:apk/alpine/busybox@1.36.1-r2?arch=x86_64&distro=alpine-3.19.1',
    'ssl_client r2': 'pkg:apk/alpine/ssl_client@1.36.1-r2?arch=x86_64&distro=alpine-3.19.1&upstream=busybox',
    'busybox of 3.15 before': 'pkg:apk/alpine/busybox@1.34.1-r4?arch=x86_64&distro=alpine-3.15.4',
    'busybox of 3.15 after': 'pkg:apk/alpine/busybox@1.34.1-r5?arch=x86_64&distro=alpine-3.15.4',
  },
  labels: [
    ['CVE-2023-42364', 'busybox r18', 'not-affected'],
    ['CVE-2023-42365', 'busybox r18', 'not-affected'],
    ['CVE-2023-42364', 'busybox r2', 'affected'],
    ['CVE-2023-42365', 'busybox r2', 'affected'],
    ['CVE-2023-42364', 'ssl_client r2', 'affected'],
    ['CVE-2023-42365', 'ssl_client r2', 'affected'],
    ['CVE-2022-28391', 'busybox r2', 'not-affected'],
    ['CVE-2022-28391', 'busybox of 3.15 before', 'affected'],
    ['CVE-2022-28391', 'busybox of 3.15 after', 'not-affected'],
    // Never affected in 3.15; 3.19's repair is of another branch.
    ['CVE-2021-42373', 'busybox of 3.15 before', 'not-affected'],
    ['CVE-2023-42364', 'busybox of 3.15 after', 'not-affected'],
  ],
};
