import { rebuildRequests } from '../../feed/updateinfo/rebuild-requests.ts';
import { updateinfoFeed } from '../../feed/updateinfo/updateinfo-feed.ts';

const REPOSITORIES = [
  'BaseOS',
  'AppStream',
  'CRB',
  'extras',
  'HighAvailability',
  'NFV',
  'ResilientStorage',
  'RT',
  'SAP',
  'SAPHANA',
];

export const rocky = updateinfoFeed({
  id: 'rocky',
  name: 'Rocky Linux updates',
  publisher: 'Rocky Enterprise Software Foundation',
  documentation: 'https://errata.rockylinux.org/',
  licence: 'not stated',
  namespaces: ['rocky'],
  onRequest: 'osv-rocky says the same',
  baseUrl: 'https://dl.rockylinux.org/pub/rocky/',
  intervalHours: 6,
  start: (context) => rebuildRequests('rocky', REPOSITORIES, context),
});
