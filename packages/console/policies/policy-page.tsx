import { Anchor, Skeleton, Tabs } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { PolicyDetail } from '@thimble/protocol';
import { policyQuery } from '../api/policy-queries.ts';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { Ago } from '../format/moment.tsx';
import { plural } from '../format/quantity.ts';
import { Page } from '../shell/page.tsx';
import { Tag } from '../states/state-badge.tsx';
import { PreviewTab } from '../preview/preview-tab.tsx';
import { InheritedText } from './clients/inherited-text.tsx';
import { OriginTag } from './clients/origin-tag.tsx';
import { EditTab } from './edit-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { PolicyActions } from './policy-actions.tsx';
import { VersionsTab } from './versions-tab.tsx';

const route = getRouteApi('/frame/policies/$policyId');
const LABELS = { overview: 'Overview', edit: 'Edit', versions: 'Versions', preview: 'Preview' };
type Tab = keyof typeof LABELS;
const TABS = Object.keys(LABELS) as Tab[];

/** One policy: what it means now, its text, what it was before, and what it would do in the coming weeks. */
export function PolicyPage() {
  const { policyId } = route.useParams();
  const query = useQuery(policyQuery(policyId));
  if (query.data === undefined)
    return (
      <Page title="Policy" trail={<Trail />}>
        {query.isError ? (
          <ProblemPanel error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Skeleton height={420} />
        )}
      </Page>
    );
  return <ShownPolicy detail={query.data} />;
}

function Trail() {
  return (
    <Anchor component={Link} to="/policies" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
      <IconChevronLeft size={14} aria-hidden />
      Policies
    </Anchor>
  );
}

function ShownPolicy({ detail }: { detail: PolicyDetail }) {
  const { tab = 'overview' } = route.useSearch();
  const navigate = route.useNavigate();
  const { summary } = detail;
  return (
    <Page
      title={summary.name}
      badge={
        <>
          {summary.enabled ? <Tag tone="good">on</Tag> : <Tag tone="quiet">switched off</Tag>}{' '}
          <OriginTag policy={summary} />
        </>
      }
      trail={<Trail />}
      description={
        <>
          {summary.description === '' ? '' : `${summary.description} · `}
          {plural(summary.endpointCount, 'endpoint')} · version {summary.version}, <Ago at={summary.changedAt} /> by{' '}
          {summary.changedBy}
        </>
      }
      actions={<PolicyActions detail={detail} />}
    >
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) =>
          void navigate({ search: { tab: TABS.find((one) => one === value) }, replace: true, resetScroll: false })
        }
      >
        <Tabs.List mb="md" style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {one === 'edit' && summary.inherited !== null ? 'Text' : LABELS[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <OverviewTab detail={detail} />
        </Tabs.Panel>
        <Tabs.Panel value="edit">
          {summary.inherited === null ? (
            <EditTab detail={detail} />
          ) : (
            <InheritedText detail={detail} origin={summary.inherited} />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <VersionsTab versions={detail.versions} />
        </Tabs.Panel>
        <Tabs.Panel value="preview">
          <PreviewTab detail={detail} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
