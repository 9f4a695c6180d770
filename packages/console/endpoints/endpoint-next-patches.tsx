import { Button, Skeleton, Stack } from '@mantine/core';
import { IconBandage, IconTargetArrow } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { EndpointSummary, NextPatches } from '@thimble/protocol';
import { nextPatchesQuery } from '../api/assess-queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { ParetoPanel } from '../next-patches/pareto-panel.tsx';
import { PatchList } from '../next-patches/patch-list.tsx';
import { RemainingList } from '../next-patches/remaining-list.tsx';
import { draftOf } from '../next-patches/run-draft.ts';
import { useNewRun } from '../runs/new-run.tsx';
import { Panel } from '../shell/panel.tsx';

const LIMIT = 8;

/** What to install first on this endpoint, and what stays. */
export function EndpointNextPatches({ endpoint }: { endpoint: EndpointSummary }) {
  const query = useQuery(nextPatchesQuery({ endpointId: endpoint.id, limit: LIMIT }));
  return (
    <Loaded query={query} skeleton={<Skeleton height={360} />}>
      {(patches) => (
        <Stack gap="md">
          {patches.items.length > 1 ? <ParetoPanel patches={patches} /> : null}
          <PatchesHere endpoint={endpoint} patches={patches} />
          <Panel title="What stays when all are installed" note="And why no update removes it">
            <RemainingList patches={patches} />
          </Panel>
        </Stack>
      )}
    </Loaded>
  );
}

function PatchesHere({ endpoint, patches }: { endpoint: EndpointSummary; patches: NextPatches }) {
  const newRun = useNewRun();
  const { items } = patches;
  if (items.length === 0) {
    return (
      <Panel>
        <EmptyState
          icon={<IconTargetArrow size={34} stroke={1.5} />}
          title="No update is known that removes risk from this endpoint"
        />
      </Panel>
    );
  }
  const here = { id: endpoint.id, hostname: endpoint.hostname };
  return (
    <Panel
      title="Best next patches for this endpoint"
      flush
      end={
        <Permitted needs="runs:propose">
          <Button
            size="xs"
            leftSection={<IconBandage size={15} aria-hidden />}
            onClick={() => newRun({ ...draftOf(items), endpoints: [here] })}
          >
            Plan {items.length === 1 ? 'it' : `these ${items.length}`} …
          </Button>
        </Permitted>
      }
    >
      <PatchList patches={patches} />
    </Panel>
  );
}
