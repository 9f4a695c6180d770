import { SegmentedControl, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Savings, SavingsQuery } from '@thimble/protocol';
import { lazy, useState } from 'react';
import { savingsQuery } from '../api/content-queries.ts';
import { ChartPanel } from '../charts/chart-panel.tsx';
import { NumberTable } from '../charts/number-table.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { formatBytes, formatCount } from '../format/quantity.ts';
import { FigureContent, figureClasses, FigureGrid } from '../shell/figure.tsx';
import { Panel } from '../shell/panel.tsx';

const SavingsChart = lazy(async () => ({ default: (await import('../charts/savings-chart.tsx')).SavingsChart }));
const HEIGHT_PX = 230;
const DAYS = 30;
type By = Exclude<NonNullable<SavingsQuery['by']>, 'time'>;
const BY: readonly (readonly [By, string])[] = [
  ['repository', 'Repository'],
  ['snapshot', 'Snapshot'],
  ['relay', 'Relay'],
  ['site', 'Site'],
];

/** What did not cross the Internet link, over time and by what. */
export function SavingsPanel() {
  const query = useQuery(savingsQuery({ by: 'time', days: DAYS }));
  return (
    <Stack gap="md">
      <Loaded query={query} skeleton={<LinesSkeleton lines={5} />}>
        {(savings) => (
          <>
            <Figures savings={savings} />
            <ChartPanel
              title="Served, and fetched from upstream"
              note={`The last ${DAYS} days; what is between both did not cross the link`}
              switchLabel="Show transfers as"
              height={HEIGHT_PX}
              {...(savings.items.every(({ servedBytes, upstreamBytes }) => servedBytes + upstreamBytes === 0)
                ? { empty: <EmptyState title="Nothing was transferred yet" /> }
                : {})}
              chart={<SavingsChart savings={savings} height={HEIGHT_PX} />}
              table={
                <NumberTable
                  label="Transfers, as a table"
                  height={HEIGHT_PX}
                  head={['Day', ...NUMBERS]}
                  rows={rowsOf(savings).reverse()}
                />
              }
            />
          </>
        )}
      </Loaded>
      <ByPanel />
    </Stack>
  );
}

const NUMBERS = ['Served', 'From upstream', 'Saved', 'Requests', 'Hits'] as const;

function rowsOf(savings: Savings): [string, ...string[]][] {
  return savings.items.map((one) => [
    one.label,
    formatBytes(one.servedBytes),
    formatBytes(one.upstreamBytes),
    formatBytes(Math.max(0, one.servedBytes - one.upstreamBytes)),
    formatCount(one.requests),
    one.requests === 0 ? '–' : `${Math.round((one.hits / one.requests) * 100)} %`,
  ]);
}

function Figures({ savings }: { savings: Savings }) {
  const { upstreamBytes, servedBytes, relayedBytes, requests, hits } = savings;
  return (
    <FigureGrid>
      <div className={figureClasses.figure}>
        <FigureContent
          label="Served"
          tone="good"
          value={formatBytes(servedBytes)}
          note={`${formatBytes(relayedBytes)} of it by relays`}
        />
      </div>
      <div className={figureClasses.figure}>
        <FigureContent
          label="From upstream"
          tone="busy"
          value={formatBytes(upstreamBytes)}
          note="over the Internet link"
        />
      </div>
      <div className={figureClasses.figure}>
        <FigureContent
          label="Saved"
          tone="good"
          value={formatBytes(Math.max(0, servedBytes - upstreamBytes))}
          note={
            upstreamBytes === 0
              ? 'that did not cross the link'
              : `each byte served ${(servedBytes / upstreamBytes).toFixed(1)} times`
          }
        />
      </div>
      <div className={figureClasses.figure}>
        <FigureContent
          label="There already"
          tone="quiet"
          value={requests === 0 ? '–' : `${Math.round((hits / requests) * 100)} %`}
          note={`of ${formatCount(requests)} requests`}
        />
      </div>
    </FigureGrid>
  );
}

function ByPanel() {
  const [by, setBy] = useState<By>('repository');
  const query = useQuery(savingsQuery({ by, days: DAYS }));
  return (
    <Panel
      title="Where it was saved"
      end={
        <SegmentedControl
          size="xs"
          aria-label="Savings by"
          value={by}
          onChange={(value) => setBy(BY.find(([one]) => one === value)?.[0] ?? 'repository')}
          data={BY.map(([value, label]) => ({ value, label }))}
        />
      }
    >
      <Loaded query={query} skeleton={<LinesSkeleton lines={4} />}>
        {(savings) =>
          savings.items.length === 0 ? (
            <EmptyState title="Nothing was transferred yet" />
          ) : (
            <NumberTable
              label={`Transfers by ${by}`}
              height={260}
              head={[BY.find(([one]) => one === by)?.[1] ?? '', ...NUMBERS]}
              rows={rowsOf(savings)}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}
