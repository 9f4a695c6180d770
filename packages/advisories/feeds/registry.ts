import type { Feed } from '../feed/index.ts';
import { almalinuxUpdateinfo } from './almalinux-updateinfo/index.ts';
import { amazon } from './amazon/index.ts';
import { arch } from './arch/index.ts';
import { azurelinux } from './azurelinux/index.ts';
import { csafProviders } from './csaf/index.ts';
import { cveList, vulnrichment } from './cve/index.ts';
import { debianLists } from './debian-lists/index.ts';
import { debianSupport } from './debian-support/index.ts';
import { debianTracker } from './debian-tracker/index.ts';
import { distroInfo } from './distro-info/index.ts';
import { endoflife } from './endoflife/index.ts';
import { epss } from './epss/index.ts';
import { exploitdb } from './exploitdb/index.ts';
import { exploits } from './exploits/index.ts';
import { fedora } from './fedora/index.ts';
import { freebsdVuxml } from './freebsd-vuxml/index.ts';
import { kev } from './kev/index.ts';
import { microsoftCsaf, microsoftVex } from './microsoft-csaf/index.ts';
import { microsoftCvrf } from './microsoft-cvrf/index.ts';
import { metasploit } from './metasploit/index.ts';
import { nodejsCore } from './nodejs-core/index.ts';
import { npmAudit } from './npm-audit/index.ts';
import { nvdOverrides } from './nvd-overrides/index.ts';
import { nuclei } from './nuclei/index.ts';
import { nvd, nvdApi } from './nvd/index.ts';
import { oracle } from './oracle/index.ts';
import { osvFeeds } from './osv/index.ts';
import { redhatCsaf } from './redhat-csaf/index.ts';
import { redhatVex } from './redhat-vex/index.ts';
import { retirejs } from './retirejs/index.ts';
import { rocky } from './rocky/index.ts';
import { rubysec } from './rubysec/index.ts';
import { rustsec } from './rustsec/index.ts';
import { secdbAlpine, secdbChainguard, secdbWolfi } from './secdb/index.ts';
import { suseCsaf, suseVex } from './suse-csaf/index.ts';
import { ubuntuCveTracker } from './ubuntu-cve-tracker/index.ts';

/** Adding a feed is one folder and one line here. */
export const FEEDS: readonly Feed[] = [
  almalinuxUpdateinfo,
  amazon,
  arch,
  azurelinux,
  ...csafProviders,
  cveList,
  debianLists,
  debianSupport,
  debianTracker,
  distroInfo,
  endoflife,
  epss,
  exploitdb,
  exploits,
  fedora,
  freebsdVuxml,
  kev,
  metasploit,
  nuclei,
  microsoftCsaf,
  microsoftCvrf,
  microsoftVex,
  nodejsCore,
  npmAudit,
  nvd,
  nvdApi,
  nvdOverrides,
  oracle,
  ...osvFeeds,
  redhatCsaf,
  redhatVex,
  retirejs,
  rocky,
  rubysec,
  rustsec,
  secdbAlpine,
  secdbChainguard,
  secdbWolfi,
  suseCsaf,
  suseVex,
  ubuntuCveTracker,
  vulnrichment,
];
