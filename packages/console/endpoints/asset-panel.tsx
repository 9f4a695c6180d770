import { Button } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { EndpointSummary } from '@thimble/protocol';
import { useState } from 'react';
import { endpointAssetQuery } from '../api/queries.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { Panel } from '../shell/panel.tsx';
import { AssetDialog } from './asset-dialog.tsx';
import { CRITICALITIES, EXPOSURES } from './asset-words.ts';
import { Facts } from './facts.tsx';
import { LabelTags } from './label-tags.tsx';

/** What people say of an endpoint: it weighs its vulnerabilities, and policies sort it by it. */
export function AssetPanel({ endpoint }: { endpoint: EndpointSummary }) {
  const query = useQuery(endpointAssetQuery(endpoint.id));
  const [editing, setEditing] = useState(false);
  return (
    <Panel
      title="Role, site and labels"
      end={
        <Permitted needs="endpoints:write">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPencil size={14} aria-hidden />}
            aria-label={`Edit role and site of ${endpoint.hostname}`}
            disabled={query.data === undefined}
            onClick={() => setEditing(true)}
          >
            Edit …
          </Button>
        </Permitted>
      }
    >
      <Loaded query={query} skeleton={<LinesSkeleton lines={3} />}>
        {({ criticality, exposure, site = '', labels = {}, groups = [], timeZone = '' }) => (
          <Facts
            facts={[
              ['Criticality', CRITICALITIES[criticality].label],
              ['Reached from', EXPOSURES[exposure].label],
              ['Site', site === '' ? 'not said: relays are chosen by network' : site],
              ['Labels', <LabelTags key="labels" labels={labels} />],
              ['Groups', groups.length === 0 ? 'none' : groups.join(', ')],
              ['Time zone', timeZone === '' ? 'the server’s' : timeZone],
            ]}
          />
        )}
      </Loaded>
      {editing && query.data !== undefined ? (
        <AssetDialog endpoint={endpoint} asset={query.data} onClose={() => setEditing(false)} />
      ) : null}
    </Panel>
  );
}
