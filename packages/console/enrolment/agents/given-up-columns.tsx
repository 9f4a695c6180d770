import type { AgentUpdateStatus } from '@thimble/protocol';
import { Link } from '@tanstack/react-router';
import { Ago } from '../../format/moment.tsx';
import type { Column } from '../../tables/column.ts';

export const GIVEN_UP_COLUMNS: readonly Column<AgentUpdateStatus['givenUp'][number]>[] = [
  {
    id: 'endpoint',
    header: 'Went back',
    title: true,
    width: '24%',
    cell: ({ endpointId, hostname }) => (
      <Link to="/endpoints/$endpointId" params={{ endpointId }} className="plain">
        {hostname}
      </Link>
    ),
  },
  { id: 'version', header: 'From version', width: '8rem', cell: ({ version }) => version },
  { id: 'reason', header: 'Why', wide: true, cell: ({ reason }) => reason },
  { id: 'when', header: 'When', width: '8.5rem', cell: ({ reportedAt }) => <Ago at={reportedAt} /> },
];
