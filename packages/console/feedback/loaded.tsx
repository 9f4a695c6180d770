import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ProblemPanel } from './problem-panel.tsx';

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>;
  /** Of about the size of what comes, so that nothing jumps. */
  readonly skeleton?: ReactNode;
  readonly children: (data: T) => ReactNode;
}

/** What was fetched; before that a skeleton, or why it failed. Old data stays when only its renewal failed. */
export function Loaded<T>({ query, skeleton, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ProblemPanel error={query.error} retry={() => void query.refetch()} />;
  return <>{skeleton ?? <LinesSkeleton />}</>;
}

export function LinesSkeleton({ lines = 6, height = 36 }: { lines?: number; height?: number }) {
  return (
    <Stack gap="xs">
      <VisuallyHidden role="status">Loading</VisuallyHidden>
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} height={height} radius="sm" />
      ))}
    </Stack>
  );
}
