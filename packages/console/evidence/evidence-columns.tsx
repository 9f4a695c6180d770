import { Link } from '@tanstack/react-router';
import type { EvidenceRecord } from '@thimble/protocol';
import { formatMoment } from '../format/time.ts';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { kindLook } from './record-kinds.ts';
import classes from './evidence.module.css';

export function evidenceColumns(show: (record: EvidenceRecord) => void): readonly Column<EvidenceRecord>[] {
  return [
    { id: 'sequence', header: 'No.', width: '4rem', numeric: true, cell: (record) => record.sequence },
    {
      id: 'at',
      header: 'When',
      width: '9.6rem',
      cell: (record) => <span className="tabular">{formatMoment(record.at)}</span>,
    },
    {
      id: 'kind',
      header: 'What',
      width: '10.5rem',
      cell: (record) => <Tag tone={kindLook(record.kind).tone}>{kindLook(record.kind).label}</Tag>,
    },
    {
      id: 'summary',
      header: 'Record',
      title: true,
      cell: (record) => (
        <button
          type="button"
          className={classes['show']}
          aria-label={`Show record ${record.sequence}: ${record.summary}`}
          onClick={() => show(record)}
        >
          {record.summary}
        </button>
      ),
    },
    { id: 'actor', header: 'By', width: '16%', from: 'md', cell: (record) => record.actor },
    {
      id: 'links',
      header: 'About',
      width: '8.2rem',
      from: 'lg',
      cell: (record) => (
        <span style={{ display: 'inline-flex', gap: '0.75rem' }}>
          {record.runId === null ? null : (
            <Link
              to="/runs/$runId"
              params={{ runId: record.runId }}
              className="plain"
              aria-label={`Run of record ${record.sequence}`}
            >
              run
            </Link>
          )}
          {record.endpointId === null ? null : (
            <Link
              to="/endpoints/$endpointId"
              params={{ endpointId: record.endpointId }}
              className="plain"
              aria-label={`Endpoint of record ${record.sequence}`}
            >
              endpoint
            </Link>
          )}
        </span>
      ),
    },
    {
      id: 'sha256',
      header: 'Digest',
      width: '8.5rem',
      from: 'lg',
      cell: (record) => <code>{record.sha256.slice(0, 12)}</code>,
    },
  ];
}
