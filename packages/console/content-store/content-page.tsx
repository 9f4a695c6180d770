import { Button, Group, NumberInput, Progress, Select, Stack, Text } from '@mantine/core';
import { IconRecycle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ContentStatus } from '@thimble/protocol';
import { useState } from 'react';
import { collectContent, updateContent } from '../api/content-actions.ts';
import { contentStatusQuery } from '../api/content-queries.ts';
import { keys } from '../api/keys.ts';
import { Banner } from '../feedback/banner.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Ago } from '../format/moment.tsx';
import { formatBytes, formatCount, plural } from '../format/quantity.ts';
import { Page } from '../shell/page.tsx';
import { Panel } from '../shell/panel.tsx';
import { STORE_STATES } from '../states/content-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import { RelaysPanel } from './relays-panel.tsx';
import { SavingsPanel } from './savings-panel.tsx';
import classes from './content-store.module.css';

/** The store of patches: how full it is, what is under way, what it saved, and the relays near endpoints. */
export function ContentPage() {
  const query = useQuery(contentStatusQuery);
  return (
    <Page
      title="Content store"
      badge={query.data === undefined ? undefined : <StateBadge look={STORE_STATES[query.data.state]} />}
      description="Every patch is fetched once, kept by its digest, and served to everyone from here and from relays."
    >
      <Stack gap="md">
        <Loaded query={query} skeleton={<LinesSkeleton lines={4} />}>
          {(status) => (
            <>
              {status.state === 'acquiring' ? (
                <NearlyFull status={status} />
              ) : (
                <Banner kind="notice">{status.explanation}</Banner>
              )}
              {status.access === 'open' ? (
                <Banner kind="notice">
                  Content is open: anybody who reaches this server can read it (setting content-access).
                </Banner>
              ) : null}
              <DiskPanel status={status} />
              <TransfersPanel status={status} />
            </>
          )}
        </Loaded>
        <SavingsPanel />
        <RelaysPanel />
        {query.data === undefined ? null : <KeepingPanel key={query.data.retentionDays} status={query.data} />}
      </Stack>
    </Page>
  );
}

/** Below this many times the reserve, people should know before fetching stops. */
const NEARLY = 1.5;

function NearlyFull({ status: { freeBytes, reserveBytes } }: { status: ContentStatus }) {
  if (freeBytes === null || freeBytes >= reserveBytes * NEARLY) return null;
  return (
    <Banner kind="notice">
      The disk is nearly full: after {formatBytes(Math.max(0, freeBytes - reserveBytes))} more nothing is fetched any
      more; what is here is served on. Free space, collect, or keep unused snapshots for fewer days.
    </Banner>
  );
}

function DiskPanel({ status }: { status: ContentStatus }) {
  const { objectBytes, objectCount, freeBytes, totalBytes, reserveBytes, store } = status;
  const known = freeBytes !== null && totalBytes !== null && totalBytes > 0;
  const other = known ? Math.max(0, totalBytes - freeBytes - objectBytes) : 0;
  const share = (bytes: number): string => `${known ? (bytes / totalBytes) * 100 : 0}%`;
  return (
    <Panel title="Disk" note={store}>
      {known ? (
        <div
          className={classes['disk']}
          role="img"
          aria-label={`${formatBytes(objectBytes)} of content and ${formatBytes(other)} of other files on ${formatBytes(totalBytes)}; ${formatBytes(freeBytes)} free`}
        >
          <div className={classes['content']} style={{ width: share(objectBytes) }} />
          <div className={classes['other']} style={{ width: share(other) }} />
          <div className={classes['reserve']} style={{ width: share(reserveBytes) }} />
        </div>
      ) : null}
      <div className={classes['legend']}>
        <span style={{ '--key': 'var(--busy-mark)' } as React.CSSProperties}>
          {formatBytes(objectBytes)} of content in {plural(objectCount, 'file')}
        </span>
        {known ? (
          <>
            <span style={{ '--key': 'var(--quiet-mark)' } as React.CSSProperties}>
              {formatBytes(other)} of other files
            </span>
            <span style={{ '--key': 'var(--line)' } as React.CSSProperties}>{formatBytes(freeBytes)} free</span>
            <span style={{ '--key': 'var(--reserve)' } as React.CSSProperties}>
              reserve of {formatBytes(reserveBytes)}: in it nothing is fetched, and all is served
            </span>
          </>
        ) : (
          <span>how much is free is not known</span>
        )}
      </div>
    </Panel>
  );
}

function TransfersPanel({ status: { transfers } }: { status: ContentStatus }) {
  return (
    <Panel title="Under way" note="From upstreams, once however many ask" flush>
      {transfers.length === 0 ? (
        <Text size="sm" c="dimmed" px="md" py="sm">
          Nothing is being fetched.
        </Text>
      ) : (
        transfers.map((one) => (
          <div key={`${one.host} ${one.name} ${one.startedAt}`} className={classes['transfer']}>
            <span className={classes['transferName']}>
              {one.name}{' '}
              <Text span size="xs" c="dimmed">
                from {one.host}
                {one.followers > 1 ? `, ${formatCount(one.followers)} wait for it` : ''}
              </Text>
            </span>
            <Progress
              value={one.sizeBytes === 0 ? 0 : (one.receivedBytes / one.sizeBytes) * 100}
              aria-label={`Progress of ${one.name}`}
            />
            <span className="tabular">
              {formatBytes(one.receivedBytes)} of {formatBytes(one.sizeBytes)}
            </span>
          </div>
        ))
      )}
    </Panel>
  );
}

const EVERY = [
  { value: 'never', label: 'only by hand' },
  { value: '6', label: 'every 6 hours' },
  { value: '24', label: 'once a day' },
  { value: '168', label: 'once a week' },
] as const;

function KeepingPanel({ status }: { status: ContentStatus }) {
  const [days, setDays] = useState<number | ''>(status.retentionDays);
  const { collection, snapshotEveryHours } = status;
  const save = useAction({
    run: updateContent,
    refresh: [keys.contentStatus],
    done: () => toastDone('Saved'),
  });
  const collect = useAction({
    run: collectContent,
    refresh: [keys.contentStatus],
    done: () => toastDone('Collecting', 'What nothing needs is removed.'),
  });
  const every = snapshotEveryHours === null ? 'never' : String(snapshotEveryHours);
  return (
    <Panel
      title="Keeping"
      note="Snapshots that a run, a channel, a pin or a roll-back needs are never collected"
      end={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRecycle size={15} aria-hidden />}
          loading={collect.isPending || collection.running}
          onClick={() => collect.mutate()}
        >
          Collect now ({formatBytes(collection.collectableBytes)})
        </Button>
      }
    >
      <Group align="flex-end" gap="md">
        <Select
          label="Make snapshots"
          data={
            EVERY.some(({ value }) => value === every)
              ? [...EVERY]
              : [...EVERY, { value: every, label: `every ${every} h` }]
          }
          value={every}
          allowDeselect={false}
          onChange={(value) =>
            save.mutate({ snapshotEveryHours: value === null || value === 'never' ? null : Number(value) })
          }
        />
        <NumberInput
          label="Keep unused ones for days"
          min={1}
          max={3650}
          value={days}
          onChange={(value) => setDays(typeof value === 'number' ? value : '')}
        />
        <Button
          variant="default"
          disabled={days === '' || days === status.retentionDays}
          loading={save.isPending}
          onClick={() => {
            if (days !== '') save.mutate({ retentionDays: days });
          }}
        >
          Save
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mt="sm">
        Last collected <Ago at={collection.lastAt} />: {plural(collection.removedCount, 'file')},{' '}
        {formatBytes(collection.removedBytes)}.
      </Text>
    </Panel>
  );
}
