import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { sessionQuery } from '../api/queries.ts';

interface PageProps {
  readonly title: string;
  /** Beside the title, such as a state. */
  readonly badge?: ReactNode;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  /** Above the title: where one came from. */
  readonly trail?: ReactNode;
  readonly children: ReactNode;
}

/** A page with its heading, which gets the focus when the reader comes here, so that it is read out. */
export function Page({ title, badge, description, actions, trail, children }: PageProps) {
  const session = useQuery(sessionQuery).data;
  const isAway = session !== undefined && session.organisation.id !== session.home.id;
  useDocumentTitle([title, ...(isAway ? [session.organisation.name] : []), 'Thimble'].join(' · '));
  const heading = useRef<HTMLHeadingElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} style={{ minWidth: 0, flex: '1 1 20rem' }}>
          {trail}
          <Group gap="sm" align="center">
            <Title order={1} ref={heading} tabIndex={-1} style={{ overflowWrap: 'anywhere' }}>
              {title}
            </Title>
            {badge}
          </Group>
          {description === undefined ? null : (
            <Text component="div" size="sm" c="dimmed" maw="48rem">
              {description}
            </Text>
          )}
        </Stack>
        {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
