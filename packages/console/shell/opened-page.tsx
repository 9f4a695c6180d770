import { Anchor, Text } from '@mantine/core';
import type { Session } from '@thimble/protocol';
import { IconLock } from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { EmptyState } from '../feedback/empty-state.tsx';
import { openingOf } from './page-permission.ts';
import { Page } from './page.tsx';
import { Panel } from './panel.tsx';
import { pageCalled } from './sections.ts';

/** The page, or in words why the reader’s roles don’t open it: its requests would only be refused. */
export function OpenedPage({ session }: { session: Session }) {
  const { pathname } = useLocation();
  const opening = openingOf(session, pathname);
  if (opening.kind === 'open') return <Outlet />;
  return (
    <Page title={pageCalled(pathname)}>
      <Panel>
        <EmptyState
          icon={<IconLock size={32} stroke={1.5} aria-hidden />}
          title={
            opening.kind === 'not-permitted'
              ? 'Your roles do not open this page'
              : 'This page is about the whole organisation'
          }
        >
          {opening.kind === 'not-permitted' ? (
            <>
              It needs the permission{' '}
              <Text span ff="monospace" size="sm">
                {opening.needs}
              </Text>
              , which whoever looks after people can give.
            </>
          ) : (
            'Your roles are for some endpoints only, and what is here can’t be told apart by endpoint.'
          )}{' '}
          <Anchor component={Link} to="/" size="sm" underline="always">
            Go to the overview
          </Anchor>
        </EmptyState>
      </Panel>
    </Page>
  );
}
