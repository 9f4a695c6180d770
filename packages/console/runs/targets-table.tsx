import { Button, VisuallyHidden } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { RunDetail, RunTarget, TargetState } from '@thimble/protocol';
import { useCallback, useMemo, useState } from 'react';
import { useLiveProgress } from '../api/live-context.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { plural } from '../format/quantity.ts';
import { TARGET_STATES } from '../states/run-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import { BulkActions } from './bulk-actions.tsx';
import { liveTarget } from './live-target.ts';
import { TargetActions } from './target-actions.tsx';
import { TargetDetail } from './target-detail.tsx';
import { TargetProgress } from './target-progress.tsx';
import classes from './runs.module.css';

const ORDER = Object.keys(TARGET_STATES) as TargetState[];
const idOf = (target: RunTarget): string => target.endpointId;
const nameOf = (target: RunTarget): string => target.hostname;
const BY_NAME = [{ id: 'hostname', desc: false }];

/** Every endpoint of the run: what it does now, how it ended, and what can be done with it. */
export function TargetsTable({ run, fetchedAtMs }: { run: RunDetail; fetchedAtMs: number }) {
  const progress = useLiveProgress();
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback((id: string) => {
    setExpanded((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const targets = useMemo(
    () => run.targets.map((target) => liveTarget(target, progress.get(target.endpointId), fetchedAtMs)),
    [run.targets, progress, fetchedAtMs],
  );
  const columns = useMemo(() => targetColumns(run, expanded, toggle), [run, expanded, toggle]);
  const words = ORDER.flatMap((state) => {
    const count = run.summary.counts[state] ?? 0;
    return count === 0 ? [] : [`${count} ${TARGET_STATES[state].label.toLowerCase()}`];
  }).join(', ');
  return (
    <section aria-label="Endpoints of the run">
      <div className={classes['bulk']} style={{ justifyContent: 'space-between', marginBottom: '0.6rem' }}>
        <div>
          <strong>{plural(run.targets.length, 'endpoint')}</strong>
          <span style={{ color: 'var(--mantine-color-dimmed)', fontSize: '0.86rem' }}> {words}</span>
          <VisuallyHidden role="status">{words}</VisuallyHidden>
        </div>
        <BulkActions run={run} />
      </div>
      <DataTable
        label="Endpoints of the run"
        columns={columns}
        rows={targets}
        rowId={idOf}
        rowName={nameOf}
        initialSorting={BY_NAME}
        expanded={expanded}
        detail={(target) => <TargetDetail target={target} />}
        empty={<EmptyState title="No endpoint is in this run" />}
      />
    </section>
  );
}

function targetColumns(
  run: RunDetail,
  expanded: ReadonlySet<string>,
  toggle: (id: string) => void,
): readonly Column<RunTarget>[] {
  return [
    {
      id: 'hostname',
      header: 'Endpoint',
      title: true,
      width: '23%',
      sortKey: (target) => target.hostname,
      cell: (target) => (
        <Link to="/endpoints/$endpointId" params={{ endpointId: target.endpointId }} className="plain">
          {target.hostname}
        </Link>
      ),
    },
    {
      id: 'state',
      header: 'State',
      width: '10.5rem',
      sortKey: (target) => ORDER.indexOf(target.state),
      cell: (target) => <StateBadge look={TARGET_STATES[target.state]} />,
    },
    { id: 'progress', header: 'What happens', wide: true, cell: (target) => <TargetProgress target={target} /> },
    {
      id: 'result',
      header: 'Result',
      width: '6.8rem',
      cell: (target) =>
        target.outcome === null ? (
          '–'
        ) : (
          <Button
            variant="subtle"
            size="compact-sm"
            aria-expanded={expanded.has(target.endpointId)}
            aria-label={`Result of ${target.hostname}`}
            rightSection={
              expanded.has(target.endpointId) ? (
                <IconChevronDown size={14} aria-hidden />
              ) : (
                <IconChevronRight size={14} aria-hidden />
              )
            }
            onClick={() => toggle(target.endpointId)}
          >
            Result
          </Button>
        ),
    },
    { id: 'actions', header: '', width: '4rem', cell: (target) => <TargetActions run={run} target={target} /> },
  ];
}
