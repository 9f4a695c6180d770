import { Anchor, Skeleton, Stack, Tabs } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { endpointQuery } from '../api/queries.ts';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { Ago } from '../format/moment.tsx';
import { Page } from '../shell/page.tsx';
import { endpointLook } from '../states/endpoint-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import { EndpointActions } from './endpoint-actions.tsx';
import { FindingsTab } from './findings-tab.tsx';
import { HistoryTab } from './history-tab.tsx';
import { PackagesTab } from './packages-tab.tsx';
import { StandingBanner } from './standing-banner.tsx';
import { SummaryTab } from './summary-tab.tsx';
import { UpdatesTab } from './updates-tab.tsx';

const route = getRouteApi('/frame/endpoints/$endpointId');
const LABELS = {
  summary: 'Summary',
  updates: 'Updates',
  packages: 'Packages',
  findings: 'Findings',
  history: 'History',
};
type Tab = keyof typeof LABELS;
const TABS = Object.keys(LABELS) as Tab[];

export function EndpointPage() {
  const { endpointId } = route.useParams();
  const { tab = 'summary', view = 'vulnerabilities', asOf } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(endpointQuery(endpointId));
  const trail = (
    <Anchor component={Link} to="/endpoints" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
      <IconChevronLeft size={14} aria-hidden />
      Endpoints
    </Anchor>
  );
  if (query.data === undefined) {
    return (
      <Page title="Endpoint" trail={trail}>
        {query.isError ? (
          <ProblemPanel error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Skeleton height={360} />
        )}
      </Page>
    );
  }
  const { summary } = query.data;
  const counts: Partial<Record<Tab, number>> = {
    updates: summary.updateCount,
    packages: summary.packageCount,
    findings: summary.openFindingCount,
  };
  return (
    <Page
      title={summary.hostname}
      badge={<StateBadge look={endpointLook(summary)} />}
      description={
        <>
          {summary.explanation} · seen <Ago at={summary.lastSeenAt} />
          {summary.connected ? ', connected' : ''}
        </>
      }
      trail={trail}
      actions={<EndpointActions endpoint={summary} />}
    >
      <StandingBanner endpoint={summary} />
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) =>
          void navigate({ search: { tab: TABS.find((one) => one === value) }, replace: true, resetScroll: false })
        }
      >
        <Tabs.List mb="md" style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one} className="tabular">
              {LABELS[one]}
              {counts[one] === undefined ? '' : ` ${counts[one]}`}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Stack>
          <Tabs.Panel value="summary">
            <SummaryTab detail={query.data} />
          </Tabs.Panel>
          <Tabs.Panel value="updates">
            <UpdatesTab endpoint={summary} />
          </Tabs.Panel>
          <Tabs.Panel value="packages">
            <PackagesTab endpoint={summary} />
          </Tabs.Panel>
          <Tabs.Panel value="findings">
            <FindingsTab
              endpoint={summary}
              view={view}
              asOf={asOf}
              onChange={(next) =>
                void navigate({
                  search: (before) => ({ ...before, ...next, tab: 'findings' }),
                  replace: true,
                  resetScroll: false,
                })
              }
            />
          </Tabs.Panel>
          <Tabs.Panel value="history">
            <HistoryTab endpoint={summary} />
          </Tabs.Panel>
        </Stack>
      </Tabs>
    </Page>
  );
}
