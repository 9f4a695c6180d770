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

export const almalinuxUpdateinfo = updateinfoFeed({
  id: 'almalinux-updateinfo',
  name: 'AlmaLinux updates',
  publisher: 'AlmaLinux OS Foundation',
  documentation: 'https://errata.almalinux.org/',
  licence: 'MIT',
  namespaces: ['almalinux'],
  onRequest: 'osv-almalinux says the same',
  baseUrl: 'https://repo.almalinux.org/almalinux/',
  intervalHours: 6,
  start: (context) => rebuildRequests('almalinux', REPOSITORIES, context),
});
