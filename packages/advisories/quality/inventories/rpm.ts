import { affects, osv, rpm, type LabelledInventory } from '../labelled.ts';

const alsa = (
  release: string,
  id: string,
  summary: string,
  vulnerabilities: readonly string[],
  name: string,
  fixed: string,
) =>
  osv('osv-almalinux', `AlmaLinux:${release}`, id, {
    summary,
    related: vulnerabilities,
    affected: [affects(`AlmaLinux:${release}`, name, '0', fixed)],
  });

const RECORDS = [
  alsa(
    '9',
    'ALSA-2023:3722',
    'Moderate: openssl security and bug fix update',
    ['CVE-2023-2650', 'CVE-2023-0464'],
    'openssl-libs',
    '1:3.0.7-16.el9_2',
  ),
  alsa('9', 'ALSA-2024:1438', 'Important: nodejs security update', ['CVE-2024-22019'], 'nodejs', '1:16.20.2-4.el9_3'),
  alsa(
    '9',
    'ALSA-2024:1503',
    'Important: nodejs:18 security update',
    ['CVE-2024-21892', 'CVE-2023-46809'],
    'nodejs',
    '1:18.19.1-1.module_el9.3.0+59+28b95644',
  ),
  alsa(
    '9',
    'ALSA-2024:1688',
    'Important: nodejs:20 security update',
    ['CVE-2024-21896'],
    'nodejs',
    '1:20.11.1-1.module_el9.3.0+88+29afeaa2',
  ),
  alsa(
    '8',
    'ALSA-2023:3106',
    'Moderate: curl security and bug fix update',
    ['CVE-2023-27535'],
    'curl',
    '7.61.1-30.el8_8.2',
  ),
  alsa('9', 'ALSA-2023:2650', 'Moderate: curl security update', ['CVE-2023-27535'], 'curl', '7.76.1-23.el9_2.1'),
];

const BY = { vendor: 'AlmaLinux' };

export const ALMALINUX_9: LabelledInventory = {
  name: 'AlmaLinux 9',
  records: RECORDS,
  os: { id: 'almalinux', idLike: ['rhel', 'centos', 'fedora'], versionId: '9.4', codename: '' },
  packages: {
    'openssl-libs before': rpm('openssl-libs', '1:3.0.7-6.el9_2', BY),
    // 27 is later than 16, and the epoch is the same.
    'openssl-libs after': rpm('openssl-libs', '1:3.0.7-27.el9', BY),
    'nodejs without module, before': rpm('nodejs', '1:16.20.2-3.el9_2', BY),
    // 16.x of no module is lower than every 18.x of a module, and needs none of their repairs.
    'nodejs without module, after': rpm('nodejs', '1:16.20.2-4.el9_3', BY),
    'nodejs:18 before': rpm('nodejs', '1:18.18.2-2.module_el9.3.0+57+0b3ea8a9', { ...BY, module: 'nodejs:18' }),
    'nodejs:18 after': rpm('nodejs', '1:18.19.1-1.module_el9.3.0+59+28b95644', {
      ...BY,
      module: 'nodejs:18:9030020240301',
    }),
    'nodejs:20 before': rpm('nodejs', '1:20.9.0-1.module_el9.3.0+48+f5d2c2c3', { ...BY, module: 'nodejs:20' }),
    'nodejs of an unnamed module': rpm('nodejs', '1:18.18.2-2.module_el9.3.0+57+0b3ea8a9', BY),
    'nodejs of NodeSource': rpm('nodejs', '2:18.18.0-1nodesource', { vendor: null }),
    'curl before': rpm('curl', '7.76.1-19.el9', BY),
    'docker-ce': rpm('docker-ce', '3:24.0.7-1.el9', { vendor: 'Docker' }),
  },
  purls: {},
  labels: [
    ['CVE-2023-2650', 'openssl-libs before', 'affected'],
    ['CVE-2023-0464', 'openssl-libs before', 'affected'],
    ['CVE-2023-2650', 'openssl-libs after', 'not-affected'],
    ['CVE-2024-22019', 'nodejs without module, before', 'affected'],
    ['CVE-2024-22019', 'nodejs without module, after', 'not-affected'],
    ['CVE-2024-21892', 'nodejs without module, after', 'not-affected'],
    ['CVE-2024-21896', 'nodejs without module, after', 'not-affected'],
    ['CVE-2024-21892', 'nodejs:18 before', 'affected'],
    ['CVE-2023-46809', 'nodejs:18 before', 'affected'],
    ['CVE-2024-21896', 'nodejs:18 before', 'not-affected'],
    ['CVE-2024-21892', 'nodejs:18 after', 'not-affected'],
    ['CVE-2024-21896', 'nodejs:20 before', 'affected'],
    ['CVE-2024-21892', 'nodejs:20 before', 'not-affected'],
    ['CVE-2024-21892', 'nodejs of an unnamed module', 'unknown'],
    ['CVE-2023-46809', 'nodejs of an unnamed module', 'unknown'],
    ['CVE-2024-21896', 'nodejs of an unnamed module', 'unknown'],
    ['CVE-2024-22019', 'nodejs of NodeSource', 'unknown'],
    ['CVE-2023-27535', 'curl before', 'affected'],
  ],
};

export const ALMALINUX_8: LabelledInventory = {
  name: 'AlmaLinux 8',
  records: [],
  os: { id: 'almalinux', idLike: ['rhel', 'centos', 'fedora'], versionId: '8.10', codename: '' },
  packages: {
    // Repaired in release 8; lower than what release 9 needs.
    'curl after': rpm('curl', '7.61.1-34.el8_10', BY),
    'curl before': rpm('curl', '7.61.1-30.el8', BY),
  },
  purls: {},
  labels: [
    ['CVE-2023-27535', 'curl after', 'not-affected'],
    ['CVE-2023-27535', 'curl before', 'affected'],
  ],
};
