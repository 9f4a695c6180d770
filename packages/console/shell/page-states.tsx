import { Anchor, Container, Stack, Title } from '@mantine/core';
import { Link, type ErrorComponentProps } from '@tanstack/react-router';
import { useEffect } from 'react';
import { LinesSkeleton } from '../feedback/loaded.tsx';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { isLoadFailure, LOAD_FAILURE, loadAgainOnce } from './load-failure.ts';
import { Page } from './page.tsx';

export function NotFound() {
  return (
    <Container component="main" size="sm" py="xl">
      <Stack align="center" gap="xs">
        <Title order={1} fz="1.25rem">
          There is no such page
        </Title>
        <Anchor component={Link} to="/">
          Go to the overview
        </Anchor>
      </Stack>
    </Container>
  );
}

export function PageFailed({ error, reset }: ErrorComponentProps) {
  const notLoaded = isLoadFailure(error);
  useEffect(() => {
    if (notLoaded) loadAgainOnce();
  }, [notLoaded]);
  if (notLoaded) {
    return (
      <Page title="This page was not loaded">
        <ProblemPanel error={LOAD_FAILURE} retry={() => window.location.reload()} />
      </Page>
    );
  }
  return (
    <Page title="Something went wrong">
      <ProblemPanel error={error} retry={reset} />
    </Page>
  );
}

export function PageLoading() {
  return <LinesSkeleton lines={8} />;
}
