import { csafArchiveFeed } from '../../feed/csaf/archive-feed.ts';

const COMMON = {
  publisher: 'Microsoft Security Response Center',
  documentation: 'https://msrc.microsoft.com/csaf/provider-metadata.json',
  licence: 'not stated',
  intervalHours: 12,
};

/** Windows, Office and the other products. */
export const microsoftCsaf = csafArchiveFeed(
  {
    ...COMMON,
    id: 'microsoft-csaf',
    name: 'Microsoft security advisories (CSAF)',
    namespaces: ['windows'],
    baseUrl: 'https://msrc.microsoft.com/csaf/advisories/',
  },
  { archive: null },
);

/** Azure Linux and CBL-Mariner. */
export const microsoftVex = csafArchiveFeed(
  {
    ...COMMON,
    id: 'microsoft-csaf-vex',
    name: 'Microsoft VEX (Azure Linux)',
    namespaces: ['azurelinux', 'mariner'],
    baseUrl: 'https://msrc.microsoft.com/csaf/vex/',
  },
  { archive: null },
);
