import { ActionIcon, Group, Stack, Text, Tooltip } from '@mantine/core';
import type { Session } from '@thimble/protocol';
import { IconLogout } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { signOut } from '../api/actions.ts';
import { organisationsQuery } from '../api/organisation-queries.ts';
import { overviewQuery } from '../api/queries.ts';
import { useAction } from '../feedback/use-action.ts';
import { OrganisationSwitch } from '../organisations/organisation-switch.tsx';
import { ColorSchemeSwitch } from './color-scheme-switch.tsx';
import { LiveIndicator } from './live-indicator.tsx';
import { Logo } from './logo.tsx';
import { NavigationSection } from './navigation-section.tsx';
import { sectionsFor } from './sections.ts';
import classes from './frame.module.css';

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
  const reachable = useQuery(organisationsQuery);
  const pages = useRef<HTMLDivElement>(null);
  const { pathname } = useLocation();
  const sections = sectionsFor(session, (reachable.data?.items.length ?? 0) > 1);
  // On a small screen it may be below what is seen.
  useEffect(() => {
    pages.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: 'nearest' });
  }, [pathname, sections.length]);
  const counts = {
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
      <div className={classes['pages']} ref={pages}>
        {sections.map((section) => (
          <NavigationSection key={section.title ?? ''} section={section} counts={counts} />
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
