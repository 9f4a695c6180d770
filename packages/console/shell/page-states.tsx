import { Anchor, Container } from '@mantine/core';
import { Link, type ErrorComponentProps } from '@tanstack/react-router';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton } from '../feedback/loaded.tsx';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { Page } from './page.tsx';

export function NotFound() {
  return (
    <Container component="main" size="sm" py="xl" data-not-found>
      <EmptyState title="There is no such page">
        <Anchor component={Link} to="/">
          Go to the overview
        </Anchor>
      </EmptyState>
    </Container>
  );
}

export function PageFailed({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="Something went wrong">
      <ProblemPanel error={error} retry={reset} />
    </Page>
  );
}

export function PageLoading() {
  return <LinesSkeleton lines={8} />;
}
