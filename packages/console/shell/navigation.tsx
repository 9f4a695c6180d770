import { ActionIcon, Group, Stack, Text, Tooltip } from '@mantine/core';
import type { Session } from '@thimble/protocol';
import {
  IconBan,
  IconBandage,
  IconBug,
  IconCalendarTime,
  IconChecklist,
  IconCloudDownload,
  IconDatabaseImport,
  IconDoorEnter,
  IconHandStop,
  IconHelpHexagon,
  IconHome,
  IconKey,
  IconLogout,
  IconPackage,
  IconRss,
  IconSettings,
  IconServer2,
  IconShieldCheck,
  IconSignature,
  IconSnowflake,
  IconStairsUp,
  IconTargetArrow,
  IconUsers,
} from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { signOut } from '../api/actions.ts';
import { overviewQuery } from '../api/queries.ts';
import { useAction } from '../feedback/use-action.ts';
import { formatCount } from '../format/quantity.ts';
import { OrganisationSwitch } from '../organisations/organisation-switch.tsx';
import { ColorSchemeSwitch } from './color-scheme-switch.tsx';
import { LiveIndicator } from './live-indicator.tsx';
import { Logo } from './logo.tsx';
import { mayOpen } from './page-permission.ts';
import classes from './frame.module.css';

const SECTIONS = [
  {
    title: undefined,
    pages: [
      { to: '/', label: 'Overview', icon: IconHome },
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
      { to: '/approvals', label: 'Approvals', icon: IconSignature },
      { to: '/evidence', label: 'Evidence', icon: IconShieldCheck },
      { to: '/people', label: 'People', icon: IconUsers },
      { to: '/sign-in-settings', label: 'Sign-in', icon: IconKey },
      { to: '/settings', label: 'Settings', icon: IconSettings },
    ],
  },
] as const;

export function Navigation({ session }: { session: Session }) {
  const overview = useQuery(overviewQuery);
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = useAction({
    run: signOut,
    done: () => {
      client.clear();
      void navigate({ to: '/sign-in' });
    },
  });
  const counts: Partial<Record<string, number>> = {
    '/endpoints': overview.data?.exposedEndpoints ?? 0,
    '/runs': overview.data?.activeRuns ?? 0,
  };
  return (
    <>
      <Link to="/" className={classes['brand']} activeProps={{}}>
        <Logo />
        Thimble
      </Link>
      <OrganisationSwitch session={session} />
      <div>
        {sectionsFor(session).map(({ title, pages }) => (
          <div key={title ?? ''} className={classes['section']}>
            {title === undefined ? null : <span className={classes['sectionTitle']}>{title}</span>}
            {pages.map(({ to, label, icon: Icon }) => (
              <Link
                key={to}
                to={to}
                className={classes['link']}
                activeOptions={{ exact: to === '/', includeSearch: false }}
              >
                <Icon size={18} stroke={1.7} aria-hidden />
                {label}
                <NavigationCount to={to} count={counts[to] ?? 0} />
              </Link>
            ))}
          </div>
        ))}
      </div>
      <Stack gap="sm" className={classes['foot']}>
        <Group px="xs" justify="space-between">
          <LiveIndicator />
          <Text size="xs" c="dimmed">
            {session.server.version}
          </Text>
        </Group>
        <ColorSchemeSwitch />
        <Group px="xs" justify="space-between" wrap="nowrap">
          <div style={{ minWidth: 0 }}>
            <Text size="sm" fw={500} className="truncate">
              <Link to="/account" className="plain">
                {session.principal.name}
              </Link>
            </Text>
            <Text size="xs" c="dimmed" className="truncate">
              {session.organisation.name}
            </Text>
          </div>
          <Tooltip label="Sign out">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Sign out"
              onClick={() => leave.mutate()}
              loading={leave.isPending}
            >
              <IconLogout size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Stack>
    </>
  );
}

/** Without pages that the reader's roles don't open; a section of which nothing is left is gone too. */
function sectionsFor(session: Session) {
  return SECTIONS.map(({ title, pages }) => ({ title, pages: pages.filter(({ to }) => mayOpen(session, to)) })).filter(
    ({ pages }) => pages.length > 0,
  );
}

function NavigationCount({ to, count }: { to: string; count: number }) {
  if (count === 0) return null;
  const exposed = to === '/endpoints';
  return (
    <span
      className={classes['count']}
      data-tone={exposed ? 'danger' : 'busy'}
      title={exposed ? 'exposed' : 'under way'}
    >
      {formatCount(count)}
    </span>
  );
}
