import { Link } from '@tanstack/react-router';
import type { WaitingEndpoint } from '@thimble/protocol';
import { Ago } from '../format/moment.tsx';
import type { Column } from '../tables/column.ts';
import { Fingerprint } from './fingerprint.tsx';

export const WAITING_COLUMNS: readonly Column<WaitingEndpoint>[] = [
  {
    id: 'hostname',
    header: 'Endpoint',
    title: true,
    width: '18%',
    sortKey: ({ hostname }) => hostname,
    cell: ({ id, hostname }) => (
      <Link to="/endpoints/$endpointId" params={{ endpointId: id }} className="plain">
        {hostname}
      </Link>
    ),
  },
  { id: 'key', header: 'Key', width: '12.5rem', cell: ({ keyid }) => <Fingerprint digest={keyid} /> },
  {
    id: 'address',
    header: 'Address',
    width: '9rem',
    sortKey: ({ address }) => address,
    cell: ({ address }) => address ?? 'not known',
  },
  {
    id: 'machine',
    header: 'Machine',
    width: '12.5rem',
    from: 'xl',
    cell: ({ machine }) => <Fingerprint digest={machine} />,
  },
  {
    id: 'os',
    header: 'System',
    from: 'lg',
    sortKey: ({ os }) => os,
    cell: ({ os, architecture }) => `${os}, ${architecture}`,
  },
  { id: 'token', header: 'Token', from: 'lg', sortKey: ({ token }) => token, cell: ({ token }) => token },
  {
    id: 'former',
    header: 'Was before',
    width: '9rem',
    from: 'xl',
    cell: ({ former }) => (former === null ? 'new here' : former.hostname),
  },
  {
    id: 'enrolledAt',
    header: 'Waits since',
    width: '8.5rem',
    from: 'md',
    sortKey: ({ enrolledAt }) => enrolledAt,
    cell: ({ enrolledAt }) => <Ago at={enrolledAt} />,
  },
];
