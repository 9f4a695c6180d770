import { Button, Skeleton, Stack } from '@mantine/core';
import { IconBuildings, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { organisationsQuery } from '../api/organisation-queries.ts';
import { overviewQuery, sessionQuery } from '../api/queries.ts';
import { Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { NextPatchesPanel } from '../next-patches/next-patches-panel.tsx';
import { useNewRun } from '../runs/new-run.tsx';
import { FigureGrid } from '../shell/figure.tsx';
import { mayOpen } from '../shell/page-permission.ts';
import { Page } from '../shell/page.tsx';
import { ActiveRuns } from './active-runs.tsx';
import { ContentFigures } from './content-figures.tsx';
import { Figures } from './figures.tsx';
import { Fresh } from './fresh.tsx';
import { StatesPanel } from './states-panel.tsx';
import { TopPackages } from './top-packages.tsx';
import { TrendPanel } from './trend-panel.tsx';
import { VulnerabilityFigures } from './vulnerability-figures.tsx';
import classes from './overview.module.css';

export function OverviewPage() {
  const query = useQuery(overviewQuery);
  const organisationCount = useQuery(organisationsQuery).data?.items.length ?? 0;
  const session = useQuery(sessionQuery).data;
  const mayOpenContent = session !== undefined && mayOpen(session, '/repositories');
  const newRun = useNewRun();
  const exposed = query.data?.exposedEndpoints ?? 0;
  return (
    <Page
      title="Overview"
      description={
        session?.limited.includes('endpoints:read') === true ? 'Of the endpoints that your roles are for.' : undefined
      }
      actions={
        <>
          {organisationCount < 2 ? null : (
            <Button
              variant="default"
              component={Link}
              to="/clients"
              leftSection={<IconBuildings size={16} aria-hidden />}
            >
              All clients
            </Button>
          )}
          {exposed === 0 ? null : (
            <Permitted needs="runs:propose">
              <Button
                leftSection={<IconPlus size={16} aria-hidden />}
                onClick={() => newRun({ selection: 'security' })}
              >
                Plan security updates
              </Button>
            </Permitted>
          )}
        </>
      }
    >
      <Loaded query={query} skeleton={<OverviewSkeleton />}>
        {(overview) => (
          <Stack gap="md">
            {overview.endpointCount <= 1 ? <Fresh overview={overview} /> : null}
            <Figures overview={overview} />
            <ActiveRuns />
            <VulnerabilityFigures overview={overview} />
            {mayOpenContent ? <ContentFigures /> : null}
            <NextPatchesPanel />
            <div className={classes['columns']}>
              <TrendPanel trend={overview.trend} />
              <StatesPanel
                states={overview.states}
                total={overview.endpointCount}
                waiting={overview.waitingCount ?? 0}
              />
            </div>
            <TopPackages top={overview.top} endpointCount={overview.endpointCount} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function OverviewSkeleton() {
  return (
    <Stack gap="md">
      <FigureGrid>
        {Array.from({ length: 5 }, (_, index) => (
          <Skeleton key={index} height={112} />
        ))}
      </FigureGrid>
      <div className={classes['columns']}>
        <Skeleton height={330} />
        <Skeleton height={330} />
      </div>
    </Stack>
  );
}
