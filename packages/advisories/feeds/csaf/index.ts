import type { Feed } from '../../feed/index.ts';
import { csafProviderFeed } from '../../feed/csaf/provider-feed.ts';

/** Providers of CSAF documents about devices and applications. Another one is a few lines here. */
export const csafProviders: readonly Feed[] = [
  {
    id: 'cisco',
    name: 'Cisco',
    documentation: 'https://sec.cloudapps.cisco.com/security/center/publicationListing.x',
    baseUrl: 'https://www.cisco.com/.well-known/csaf/',
  },
  {
    id: 'fortinet',
    name: 'Fortinet',
    documentation: 'https://www.fortiguard.com/psirt',
    baseUrl: 'https://filestore.fortinet.com/fortiguard/psirt/csaf/',
  },
  {
    id: 'paloalto',
    name: 'Palo Alto Networks',
    documentation: 'https://security.paloaltonetworks.com/',
    baseUrl: 'https://security.paloaltonetworks.com/csaf/',
  },
  {
    id: 'siemens',
    name: 'Siemens',
    documentation: 'https://www.siemens.com/cert/advisories',
    baseUrl: 'https://www.siemens.com/.well-known/csaf/',
  },
  {
    id: 'cisa',
    name: 'CISA',
    documentation: 'https://www.cisa.gov/news-events/cybersecurity-advisories',
    baseUrl: 'https://www.cisa.gov/sites/default/files/csaf/',
    licence: 'US government work',
  },
  {
    id: 'sick',
    name: 'SICK',
    documentation: 'https://www.sick.com/psirt',
    baseUrl: 'https://www.sick.com/.well-known/csaf/',
  },
  {
    id: 'nozomi',
    name: 'Nozomi Networks',
    documentation: 'https://security.nozominetworks.com/',
    baseUrl: 'https://security.nozominetworks.com/csaf/',
  },
].map(csafProviderFeed);
