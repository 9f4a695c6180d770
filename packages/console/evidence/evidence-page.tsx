import { Tabs } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { evidenceQuery } from '../api/queries.ts';
import { Page } from '../shell/page.tsx';
import { ChainBadge } from './chain-badge.tsx';
import { CheckpointsTab } from './checkpoints/checkpoints-tab.tsx';
import { CollectorsTab } from './collectors/collectors-tab.tsx';
import { RecordsTab } from './records-tab.tsx';

const route = getRouteApi('/frame/evidence');
const LABELS = { records: 'Records', checkpoints: 'Checkpoints', collectors: 'Collectors' };
type Tab = keyof typeof LABELS;
const TABS = Object.keys(LABELS) as Tab[];

/** What happened, what proves that nothing of it was changed, and where it goes besides. */
export function EvidencePage() {
  const { tab = 'records', ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const chain = useInfiniteQuery(evidenceQuery(filter)).data?.pages[0]?.chain;
  return (
    <Page
      title="Evidence"
      badge={chain === undefined ? null : <ChainBadge chain={chain} />}
      description="What was decided, by whom, and what happened. Each record covers the one before it, so a later change shows."
    >
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) =>
          void navigate({
            search: (before) => ({ ...before, tab: TABS.find((one) => one === value) }),
            replace: true,
            resetScroll: false,
          })
        }
      >
        <Tabs.List mb="md">
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {LABELS[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="records">
          <RecordsTab />
        </Tabs.Panel>
        <Tabs.Panel value="checkpoints">
          <CheckpointsTab />
        </Tabs.Panel>
        <Tabs.Panel value="collectors">
          <CollectorsTab />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
