import {
  IconBan,
  IconBandage,
  IconBug,
  IconBuildings,
  IconCalendarTime,
  IconChecklist,
  IconCloudDownload,
  IconDatabaseImport,
  IconDoorEnter,
  IconHandStop,
  IconHelpHexagon,
  IconHome,
  IconKey,
  IconPackage,
  IconRss,
  IconServer2,
  IconSettings,
  IconShieldCheck,
  IconSignature,
  IconSitemap,
  IconSnowflake,
  IconStairsUp,
  IconTargetArrow,
  IconUsers,
} from '@tabler/icons-react';
import type { Session } from '@thimble/protocol';
import { mayOpen } from './page-permission.ts';

/** The console's pages, in the order in which a patch lives. `folded`: until the reader opens it, so that all fits on a small screen. */
const SECTIONS = [
  {
    title: undefined,
    pages: [
      { to: '/', label: 'Overview', icon: IconHome },
      { to: '/clients', label: 'Clients', icon: IconBuildings },
      { to: '/endpoints', label: 'Endpoints', icon: IconServer2 },
      { to: '/enrolment', label: 'Enrolment', icon: IconDoorEnter },
    ],
  },
  {
    title: 'Assess',
    pages: [
      { to: '/vulnerabilities', label: 'Vulnerabilities', icon: IconBug },
      { to: '/next-patches', label: 'Next patches', icon: IconTargetArrow },
      { to: '/exceptions', label: 'Exceptions', icon: IconHandStop },
      { to: '/gaps', label: 'Gaps', icon: IconHelpHexagon },
      { to: '/feeds', label: 'Feeds', icon: IconRss },
    ],
  },
  {
    title: 'Acquire',
    folded: true,
    pages: [
      { to: '/repositories', label: 'Repositories', icon: IconDatabaseImport },
      { to: '/snapshots', label: 'Snapshots', icon: IconSnowflake },
      { to: '/blocks', label: 'Blocks', icon: IconBan },
      { to: '/content-store', label: 'Content store', icon: IconCloudDownload },
    ],
  },
  {
    title: 'Patch',
    pages: [
      { to: '/updates', label: 'Updates', icon: IconPackage },
      { to: '/policies', label: 'Policies', icon: IconChecklist },
      { to: '/rollouts', label: 'Rollouts', icon: IconStairsUp },
      { to: '/windows', label: 'Windows', icon: IconCalendarTime },
      { to: '/runs', label: 'Patch runs', icon: IconBandage },
    ],
  },
  {
    title: 'Trust',
    pages: [
      { to: '/approvals', label: 'Approvals', icon: IconSignature },
      { to: '/evidence', label: 'Evidence', icon: IconShieldCheck },
    ],
  },
  {
    title: 'Administration',
    folded: true,
    pages: [
      { to: '/people', label: 'People', icon: IconUsers },
      { to: '/sign-in-settings', label: 'Sign-in', icon: IconKey },
      { to: '/organisations', label: 'Organisations', icon: IconSitemap },
      { to: '/settings', label: 'Settings', icon: IconSettings },
    ],
  },
] as const;

type Pages = (typeof SECTIONS)[number]['pages'];

export interface Section {
  readonly title: string | undefined;
  readonly folded: boolean;
  readonly pages: readonly Pages[number][];
}

/** Without pages that the reader's roles don't open; a section of which nothing is left is gone too. */
export function sectionsFor(session: Session, hasClients: boolean): readonly Section[] {
  return SECTIONS.map((section) => ({
    title: section.title,
    folded: 'folded' in section,
    pages: section.pages.filter(({ to }) => mayOpen(session, to) && (to !== '/clients' || hasClients)),
  })).filter(({ pages }) => pages.length > 0);
}

/** Whether a page, or one below it, is the one that is shown. */
export function isCurrent(to: string, pathname: string): boolean {
  return to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`);
}

/** What the navigation calls a page, also one below it. */
export function pageCalled(pathname: string): string {
  return SECTIONS.flatMap(({ pages }) => [...pages]).find(({ to }) => isCurrent(to, pathname))?.label ?? 'This page';
}
