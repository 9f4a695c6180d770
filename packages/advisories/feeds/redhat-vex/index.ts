import { csafArchiveFeed } from '../../feed/csaf/archive-feed.ts';

export const redhatVex = csafArchiveFeed(
  {
    id: 'redhat-vex',
    name: 'Red Hat VEX',
    publisher: 'Red Hat Product Security',
    documentation: 'https://access.redhat.com/security/data/csaf/v2/vex/',
    licence: 'CC-BY-4.0',
    namespaces: ['rhel'],
    baseUrl: 'https://security.access.redhat.com/data/csaf/v2/vex/',
    intervalHours: 2,
  },
  { archive: { namedBy: 'archive_latest.txt', packing: 'tar.zst' }, deletions: true },
);
