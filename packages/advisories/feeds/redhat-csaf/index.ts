import { csafArchiveFeed } from '../../feed/csaf/archive-feed.ts';

export const redhatCsaf = csafArchiveFeed(
  {
    id: 'redhat-csaf',
    name: 'Red Hat security advisories (CSAF)',
    publisher: 'Red Hat Product Security',
    documentation: 'https://access.redhat.com/security/data/csaf/v2/advisories/',
    licence: 'CC-BY-4.0',
    namespaces: ['rhel'],
    onRequest: 'redhat-vex says more',
    baseUrl: 'https://security.access.redhat.com/data/csaf/v2/advisories/',
    intervalHours: 2,
  },
  { archive: { namedBy: 'archive_latest.txt', packing: 'tar.zst' }, deletions: true },
);
