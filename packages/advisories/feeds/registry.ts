import type { Feed } from '../feed/index.ts';
import { debianLists } from './debian-lists/index.ts';
import { debianTracker } from './debian-tracker/index.ts';
import { epss } from './epss/index.ts';
import { exploits } from './exploits/index.ts';
import { kev } from './kev/index.ts';
import { secdbAlpine, secdbChainguard, secdbWolfi } from './secdb/index.ts';

/** Adding a feed is one folder and one line here. */
export const FEEDS: readonly Feed[] = [
  debianLists,
  debianTracker,
  epss,
  exploits,
  kev,
  secdbAlpine,
  secdbChainguard,
  secdbWolfi,
];
