import { Anchor, AppShell, Burger, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useContext, useEffect } from 'react';
import { ConfirmationProvider } from '../account/confirmation-provider.tsx';
import { ProblemError } from '../api/client.ts';
import { LiveContext } from '../api/live-context.ts';
import { addressIn, ORGANISATION_HERE } from '../api/organisation-here.ts';
import { sessionQuery } from '../api/queries.ts';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { OrganisationBand, OrganisationName } from '../organisations/organisation-band.tsx';
import { NewRunProvider } from '../runs/new-run.tsx';
import { SetUpBanner } from '../set-up/set-up-banner.tsx';
import { SignedOut } from '../sign-in/signed-out.tsx';
import { LiveIndicator } from './live-indicator.tsx';
import { Logo } from './logo.tsx';
import { Navigation } from './navigation.tsx';
import { OpenedPage } from './opened-page.tsx';
import { Shortcuts } from './shortcuts.tsx';
import classes from './frame.module.css';

/** What is around every page of somebody who is signed in. */
export function ConsoleFrame() {
  const session = useQuery(sessionQuery);
  const [opened, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  const live = useContext(LiveContext);
  const signedIn = session.data !== undefined && !isSignedOut(session.error);
  useEffect(() => {
    if (!signedIn) return undefined;
    live?.start();
    return () => live?.stop();
  }, [live, signedIn]);
  useEffect(close, [pathname, close]);

  if (isSignedOut(session.error)) return <SignedOut />;
  if (session.data === undefined) {
    return session.isError ? (
      <main className={classes['alone']}>
        <ProblemPanel error={session.error} retry={() => void session.refetch()} />
        {ORGANISATION_HERE === undefined ? null : (
          <Anchor href={addressIn(undefined, '/')} display="block" mt="md" size="sm">
            Go to your own organisation
          </Anchor>
        )}
      </main>
    ) : null;
  }
  return (
    <ConfirmationProvider>
      <NewRunProvider>
        <a className={classes['skip']} href="#content">
          Skip to content
        </a>
        <AppShell
          header={{ height: { base: 52, sm: 0 } }}
          navbar={{ width: 224, breakpoint: 'sm', collapsed: { mobile: !opened } }}
          padding={{ base: 'md', sm: 'lg', lg: 'xl' }}
        >
          <AppShell.Header hiddenFrom="sm" className={classes['header']}>
            <Group h="100%" px="md" justify="space-between">
              <Group gap="xs">
                <Burger
                  opened={opened}
                  onClick={toggle}
                  size="sm"
                  aria-label={opened ? 'Close the navigation' : 'Open the navigation'}
                  aria-expanded={opened}
                />
                <Logo size={22} />
                <Text fw={650}>Thimble</Text>
                <OrganisationName session={session.data} />
              </Group>
              <LiveIndicator />
            </Group>
          </AppShell.Header>
          <AppShell.Navbar className={classes['navbar']} aria-label="Main">
            <Navigation session={session.data} />
          </AppShell.Navbar>
          <AppShell.Main id="content" tabIndex={-1}>
            <div className={classes['content']}>
              <OrganisationBand session={session.data} />
              <SetUpBanner session={session.data} />
              <OpenedPage session={session.data} />
            </div>
          </AppShell.Main>
        </AppShell>
        <Shortcuts />
      </NewRunProvider>
    </ConfirmationProvider>
  );
}

function isSignedOut(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.status === 401;
}
