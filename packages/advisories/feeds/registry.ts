import type { Feed } from '../feed/index.ts';
import { debianLists } from './debian-lists/index.ts';
import { debianSupport } from './debian-support/index.ts';
import { debianTracker } from './debian-tracker/index.ts';
import { distroInfo } from './distro-info/index.ts';
import { epss } from './epss/index.ts';
import { exploits } from './exploits/index.ts';
import { kev } from './kev/index.ts';
import { osvFeeds } from './osv/index.ts';
import { secdbAlpine, secdbChainguard, secdbWolfi } from './secdb/index.ts';

/** Adding a feed is one folder and one line here. */
export const FEEDS: readonly Feed[] = [
  ...osvFeeds,
  debianLists,
  debianSupport,
  debianTracker,
  distroInfo,
  epss,
  exploits,
  kev,
  secdbAlpine,
  secdbChainguard,
  secdbWolfi,
];
