import { Button, Skeleton, Stack } from '@mantine/core';
import { IconBandage, IconTargetArrow } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { nextPatchesQuery } from '../api/assess-queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { plural } from '../format/quantity.ts';
import { useNewRun } from '../runs/new-run.tsx';
import { Page } from '../shell/page.tsx';
import { Panel } from '../shell/panel.tsx';
import { ParetoPanel } from './pareto-panel.tsx';
import { PatchList } from './patch-list.tsx';
import { RemainingList } from './remaining-list.tsx';
import { draftOf } from './run-draft.ts';

const LIMIT = 20;
/** What is offered to be planned at once: as many as one maintenance window takes with ease. */
const AT_ONCE = 5;

/** The fewest updates that remove the most risk, and what stays. */
export function NextPatchesPage() {
  const query = useQuery(nextPatchesQuery({ limit: LIMIT }));
  const newRun = useNewRun();
  const first = query.data?.items.slice(0, AT_ONCE) ?? [];
  return (
    <Page
      title="Next patches"
      description="The fewest updates that remove the most risk across the fleet, each counted for what those before it leave"
      actions={
        first.length === 0 ? null : (
          <Permitted needs="runs:propose">
            <Button leftSection={<IconBandage size={16} aria-hidden />} onClick={() => newRun(draftOf(first))}>
              Plan the first {first.length === 1 ? 'one' : first.length} …
            </Button>
          </Permitted>
        )
      }
    >
      <Loaded query={query} skeleton={<Skeleton height={420} />}>
        {(patches) => (
          <Stack gap="md">
            {patches.items.length === 0 ? (
              <Panel>
                <EmptyState
                  icon={<IconTargetArrow size={34} stroke={1.5} />}
                  title="No update is known that removes risk"
                >
                  Either nothing is open, or no fix is published for what is. The reasons are below.
                </EmptyState>
              </Panel>
            ) : (
              <>
                {patches.items.length > 1 ? <ParetoPanel patches={patches} /> : null}
                <Panel
                  title="In this order"
                  note={`${plural(patches.items.length, 'update')}; each is planned by the endpoints and approved before it changes anything`}
                  flush
                >
                  <PatchList patches={patches} />
                </Panel>
              </>
            )}
            <Panel title="What stays when all are installed" note="And why no update removes it">
              <RemainingList patches={patches} />
            </Panel>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
