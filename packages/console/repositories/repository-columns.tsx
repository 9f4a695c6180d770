import { Button, Group, Loader } from '@mantine/core';
import { IconRefresh, IconSettings } from '@tabler/icons-react';
import type { RepositorySummary } from '@thimble/protocol';
import { Ago } from '../format/moment.tsx';
import { formatBytes, formatCount } from '../format/quantity.ts';
import { faultInWords, REPOSITORY_HEALTH, REPOSITORY_HEALTH_ORDER } from '../states/content-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { Expander } from '../tables/expander.tsx';
import { placeOf } from './place.ts';
import classes from './repositories.module.css';

interface RepositoryColumnActions {
  readonly isOpen: (repository: RepositorySummary) => boolean;
  readonly toggle: (repository: RepositorySummary) => void;
  readonly sync: (repository: RepositorySummary) => void;
  readonly edit: (repository: RepositorySummary) => void;
}

export function repositoryColumns({
  isOpen,
  toggle,
  sync,
  edit,
}: RepositoryColumnActions): readonly Column<RepositorySummary>[] {
  return [
    {
      id: 'name',
      header: 'Repository',
      title: true,
      width: '32%',
      sortKey: (one) => one.name,
      cell: (one) => (
        <>
          <Expander open={isOpen(one)} onToggle={() => toggle(one)}>
            {one.name}
          </Expander>
          <span className={classes['place']}>{placeOf(one)}</span>
        </>
      ),
    },
    {
      id: 'health',
      header: 'State',
      width: '11rem',
      sortKey: (one) => REPOSITORY_HEALTH_ORDER.indexOf(one.health),
      cell: (one) => <Health repository={one} />,
    },
    {
      id: 'mode',
      header: 'Fetched',
      width: '7.5rem',
      from: 'xl',
      sortKey: (one) => one.mode,
      cell: (one) => (one.mode === 'mirror' ? 'all ahead' : 'as needed'),
    },
    {
      id: 'packages',
      header: 'Packages',
      width: '6.8rem',
      numeric: true,
      sortKey: (one) => one.latest?.packageCount ?? 0,
      cell: (one) => (one.latest === null ? '–' : formatCount(one.latest.packageCount)),
    },
    {
      id: 'stored',
      header: 'Stored',
      width: '6.5rem',
      numeric: true,
      from: 'md',
      sortKey: (one) => one.latest?.storedBytes ?? 0,
      cell: (one) =>
        one.latest === null ? (
          '–'
        ) : (
          <span title={`${formatCount(one.latest.storedCount)} packages of ${formatBytes(one.latest.packageBytes)}`}>
            {formatBytes(one.latest.storedBytes)}
          </span>
        ),
    },
    {
      id: 'checked',
      header: 'Checked',
      width: '8.4rem',
      sortKey: (one) => one.checkedAt,
      cell: (one) => <Ago at={one.checkedAt} />,
    },
    {
      id: 'actions',
      header: '',
      width: '11.6rem',
      wide: true,
      cell: (one) => (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden />}
            disabled={one.running !== null}
            aria-label={`Check now: ${one.name}`}
            onClick={() => sync(one)}
          >
            Check now
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            px={6}
            aria-label={`Settings of ${one.name}`}
            onClick={() => edit(one)}
          >
            <IconSettings size={16} aria-hidden />
          </Button>
        </Group>
      ),
    },
  ];
}

function Health({ repository: { running, health, fault } }: { repository: RepositorySummary }) {
  if (running !== null) {
    return (
      <span className={classes['running']} data-tone="busy">
        <Loader size={13} aria-hidden />
        <span style={{ minWidth: 0 }}>
          Checking
          <span className={`truncate ${classes['small'] ?? ''}`} title={running.message}>
            {formatBytes(running.receivedBytes)} {running.message.split('/').at(-1)}
          </span>
        </span>
      </span>
    );
  }
  return (
    <>
      <StateBadge look={REPOSITORY_HEALTH[health]} />
      {fault === null || health !== 'failing' ? null : (
        <span className={classes['small']}>{faultInWords(fault.code)}</span>
      )}
    </>
  );
}
