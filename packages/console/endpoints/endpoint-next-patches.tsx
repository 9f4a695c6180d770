import { Button } from '@mantine/core';
import { IconBandage } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { EndpointSummary } from '@thimble/protocol';
import { nextPatchesQuery } from '../api/assess-queries.ts';
import { ParetoPanel } from '../next-patches/pareto-panel.tsx';
import { PatchList } from '../next-patches/patch-list.tsx';
import { RemainingList } from '../next-patches/remaining-list.tsx';
import { draftOf } from '../next-patches/run-draft.ts';
import { useNewRun } from '../runs/new-run.tsx';
import { Panel } from '../shell/panel.tsx';

const LIMIT = 8;

/** What to install first on this endpoint, and what stays. */
export function EndpointNextPatches({ endpoint }: { endpoint: EndpointSummary }) {
  const { data } = useQuery(nextPatchesQuery({ endpointId: endpoint.id, limit: LIMIT }));
  const newRun = useNewRun();
  if (data === undefined || (data.items.length === 0 && data.remaining.length === 0)) return null;
  const here = { id: endpoint.id, hostname: endpoint.hostname };
  return (
    <>
      {data.items.length > 1 ? <ParetoPanel patches={data} /> : null}
      {data.items.length === 0 ? null : (
        <Panel
          title="Best next patches for this endpoint"
          flush
          end={
            <Button
              size="xs"
              leftSection={<IconBandage size={15} aria-hidden />}
              onClick={() => newRun({ ...draftOf(data.items), endpoints: [here] })}
            >
              Plan {data.items.length === 1 ? 'it' : `these ${data.items.length}`} …
            </Button>
          }
        >
          <PatchList patches={data} />
        </Panel>
      )}
      <Panel title="What stays when all are installed" note="And why no update removes it">
        <RemainingList patches={data} />
      </Panel>
    </>
  );
}
