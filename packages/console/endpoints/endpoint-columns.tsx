import type { EndpointSummary } from '@thimble/protocol';
import { Link } from '@tanstack/react-router';
import { Ago } from '../format/moment.tsx';
import { formatCount } from '../format/quantity.ts';
import { ENDPOINT_STATE_ORDER, endpointLook } from '../states/endpoint-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { LabelTags } from './label-tags.tsx';
import { tagsOf } from './labels.ts';

/** The ids of the columns that sort are those of the API. */
export const ENDPOINT_COLUMNS: readonly Column<EndpointSummary>[] = [
  {
    id: 'hostname',
    header: 'Endpoint',
    title: true,
    width: '22%',
    sortKey: (endpoint) => endpoint.hostname,
    cell: (endpoint) => (
      <Link to="/endpoints/$endpointId" params={{ endpointId: endpoint.id }} className="plain">
        {endpoint.hostname}
      </Link>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '7.2rem',
    sortKey: (endpoint) => ENDPOINT_STATE_ORDER.indexOf(endpoint.state),
    cell: (endpoint) => <StateBadge look={endpointLook(endpoint)} />,
  },
  { id: 'explanation', header: 'Why', wide: true, cell: (endpoint) => endpoint.explanation },
  {
    id: 'securityUpdateCount',
    header: 'Security',
    width: '5.9rem',
    numeric: true,
    sortKey: (endpoint) => endpoint.securityUpdateCount,
    cell: (endpoint) => formatCount(endpoint.securityUpdateCount),
  },
  {
    id: 'updateCount',
    header: 'Updates',
    width: '5.8rem',
    numeric: true,
    from: 'lg',
    sortKey: (endpoint) => endpoint.updateCount,
    cell: (endpoint) => formatCount(endpoint.updateCount),
  },
  {
    id: 'os',
    header: 'System',
    width: '11.5rem',
    from: 'xl',
    sortKey: (endpoint) => endpoint.os,
    cell: (endpoint) => endpoint.os,
  },
  {
    id: 'labels',
    header: 'Labels',
    width: '13%',
    from: 'xl',
    cell: (endpoint) => <LabelTags labels={endpoint.labels} />,
  },
  {
    id: 'groups',
    header: 'Groups',
    width: '9rem',
    optional: true,
    from: 'lg',
    cell: (endpoint) => (endpoint.groups ?? []).join(', '),
  },
  { id: 'site', header: 'Site', width: '7rem', optional: true, from: 'lg', cell: (endpoint) => endpoint.site ?? '' },
  { id: 'kernel', header: 'Kernel', width: '10rem', optional: true, from: 'lg', cell: (endpoint) => endpoint.kernel },
  {
    id: 'architecture',
    header: 'Architecture',
    width: '7rem',
    optional: true,
    from: 'lg',
    cell: (endpoint) => endpoint.architecture,
  },
  {
    id: 'packageCount',
    header: 'Packages',
    width: '6rem',
    numeric: true,
    optional: true,
    from: 'lg',
    cell: (endpoint) => formatCount(endpoint.packageCount),
  },
  {
    id: 'agentVersion',
    header: 'Agent',
    width: '6rem',
    optional: true,
    from: 'lg',
    cell: (endpoint) => endpoint.agentVersion,
  },
  {
    id: 'lastSeenAt',
    header: 'Last seen',
    width: '8.2rem',
    from: 'md',
    sortKey: (endpoint) => endpoint.lastSeenAt,
    cell: (endpoint) => <Ago at={endpoint.lastSeenAt} />,
  },
];

export const ENDPOINT_CSV_HEADER = [
  'hostname',
  'state',
  'explanation',
  'security updates',
  'updates',
  'open findings',
  'packages',
  'os',
  'kernel',
  'architecture',
  'reboot required',
  'last seen',
  'labels',
  'groups',
  'site',
  'id',
] as const;

export function endpointCsvRow(endpoint: EndpointSummary): (string | number | boolean | null)[] {
  return [
    endpoint.hostname,
    endpoint.state,
    endpoint.explanation,
    endpoint.securityUpdateCount,
    endpoint.updateCount,
    endpoint.openFindingCount,
    endpoint.packageCount,
    endpoint.os,
    endpoint.kernel,
    endpoint.architecture,
    endpoint.rebootRequired,
    endpoint.lastSeenAt,
    tagsOf(endpoint.labels).join(' '),
    (endpoint.groups ?? []).join(' '),
    endpoint.site ?? '',
    endpoint.id,
  ];
}
