import { Text } from '@mantine/core';
import type { ClientState } from '@thimble/protocol';
import type { ReactNode } from 'react';
import { addressIn } from '../api/organisation-here.ts';
import { Ago } from '../format/moment.tsx';
import { formatCount } from '../format/quantity.ts';
import { Tag } from '../states/state-badge.tsx';
import type { Tone } from '../states/endpoint-states.ts';
import type { Column } from '../tables/column.ts';
import { ExposedShare } from './exposed-share.tsx';

/** A client as the overview shows it, with where it belongs. */
export interface ClientRow extends ClientState {
  /** The names of those above it, from the top. */
  readonly above: readonly string[];
  /** What its pages' addresses name; undefined: the reader's own organisation. */
  readonly addressId: string | undefined;
}

type CountOf = (state: ClientState) => number;

/** What a table and a file show of each, in the same words. */
const COUNTS: readonly {
  readonly id: string;
  readonly header: string;
  readonly of: CountOf;
  readonly tone: Tone;
  /** Where in the client one sees them. */
  readonly page: string;
  readonly from?: 'md' | 'lg';
  readonly width: string;
}[] = [
  {
    id: 'exploited',
    header: 'Exploited',
    of: (state) => state.exploitedCount,
    tone: 'danger',
    page: '/vulnerabilities?kev=true',
    width: '6rem',
  },
  {
    id: 'critical',
    header: 'Critical',
    of: (state) => state.criticalCount,
    tone: 'quiet',
    page: '/vulnerabilities?severity=critical',
    width: '5.4rem',
  },
  {
    id: 'overdue',
    header: 'Overdue',
    of: (state) => state.overdueCount,
    tone: 'danger',
    page: '/rollouts',
    width: '5.6rem',
  },
  {
    id: 'halted',
    header: 'Halted',
    of: (state) => state.haltedRolloutCount,
    tone: 'failed',
    page: '/rollouts?state=halted',
    width: '5.2rem',
    from: 'md',
  },
  {
    id: 'waiting',
    header: 'To approve',
    of: (state) => state.waitingApprovalCount,
    tone: 'wait',
    page: '/approvals',
    width: '6.4rem',
    from: 'md',
  },
  {
    id: 'stale',
    header: 'Stale',
    of: (state) => state.staleCount,
    tone: 'notice',
    page: '/endpoints?state=stale',
    width: '4.8rem',
    from: 'lg',
  },
];

export const CLIENT_COLUMNS: readonly Column<ClientRow>[] = [
  {
    id: 'name',
    header: 'Organisation',
    title: true,
    sortKey: ({ organisation }) => organisation.name.toLowerCase(),
    cell: (row) => (
      <span>
        <Into row={row} page="/">
          {row.organisation.name}
        </Into>{' '}
        {row.addressId === undefined ? <Tag tone="quiet">yours</Tag> : null}
        {row.above.length < 2 ? null : (
          <Text component="span" display="block" size="xs" c="dimmed">
            of {row.above.at(-1)}
          </Text>
        )}
      </span>
    ),
  },
  {
    id: 'endpoints',
    header: 'Endpoints',
    width: '6.2rem',
    numeric: true,
    sortKey: (row) => row.endpointCount,
    cell: (row) => formatCount(row.endpointCount),
  },
  {
    id: 'exposed',
    header: 'Exposed',
    width: '9.5rem',
    numeric: true,
    sortKey: (row) => row.exposedCount,
    cell: (row) => (
      <Into row={row} page="/endpoints?state=exposed">
        <ExposedShare exposed={row.exposedCount} all={row.endpointCount} />
      </Into>
    ),
  },
  ...COUNTS.map(({ id, header, of, tone, page, from, width }): Column<ClientRow> => ({
    id,
    header,
    width,
    numeric: true,
    ...(from === undefined ? {} : { from }),
    sortKey: of,
    cell: (row) =>
      of(row) === 0 ? (
        '0'
      ) : (
        <Into row={row} page={page}>
          <Tag tone={tone}>{formatCount(of(row))}</Tag>
        </Into>
      ),
  })),
  {
    id: 'lastRun',
    header: 'Last run',
    width: '7rem',
    from: 'lg',
    sortKey: (row) => row.lastRunAt,
    cell: (row) => <Ago at={row.lastRunAt} />,
  },
];

/** A page of that client, where the console acts in it. */
function Into({ row, page, children }: { row: ClientRow; page: string; children: ReactNode }) {
  return (
    <a className="plain" href={addressIn(row.addressId, page)}>
      {children}
    </a>
  );
}

export const CLIENT_CSV_HEADER = [
  'organisation',
  'above',
  'endpoints',
  'exposed',
  ...COUNTS.map(({ header }) => header.toLowerCase()),
  'last run',
];

export function clientCsvRow(row: ClientRow): readonly (string | number | null)[] {
  return [
    row.organisation.name,
    row.above.join(' / '),
    row.endpointCount,
    row.exposedCount,
    ...COUNTS.map(({ of }) => of(row)),
    row.lastRunAt,
  ];
}

/** Whether somebody should look: what is exploited, late, halted or waits for a person. */
export function needsAttention(state: ClientState): boolean {
  return state.exploitedCount + state.overdueCount + state.haltedRolloutCount + state.waitingApprovalCount > 0;
}
