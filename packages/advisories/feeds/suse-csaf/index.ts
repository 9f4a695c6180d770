import { csafArchiveFeed, type ArchiveOptions } from '../../feed/csaf/archive-feed.ts';

const COMMON = {
  publisher: 'SUSE Product Security Team',
  documentation: 'https://www.suse.com/support/security/csaf/',
  licence: 'CC-BY-4.0',
  namespaces: ['sles', 'opensuse-leap', 'opensuse-tumbleweed', 'sle-micro', 'sl-micro', 'opensuse-leap-micro'],
  onRequest: 'osv-suse and osv-opensuse say what is repaired, in a tenth of the bytes',
  intervalHours: 4,
};
const archive = (path: string): ArchiveOptions => ({ archive: { path, packing: 'tar.bz2' } });

/** Updates: which packages repair what. */
export const suseCsaf = csafArchiveFeed(
  {
    ...COMMON,
    id: 'suse-csaf',
    name: 'SUSE security advisories (CSAF)',
    baseUrl: 'https://ftp.suse.com/pub/projects/security/csaf/',
  },
  archive('https://ftp.suse.com/pub/projects/security/csaf.tar.bz2'),
);

/** Vulnerabilities: what is affected, too, and what is not. */
export const suseVex = csafArchiveFeed(
  {
    ...COMMON,
    id: 'suse-csaf-vex',
    name: 'SUSE VEX',
    baseUrl: 'https://ftp.suse.com/pub/projects/security/csaf-vex/',
  },
  archive('https://ftp.suse.com/pub/projects/security/csaf-vex.tar.bz2'),
);
