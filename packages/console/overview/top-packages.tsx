import { Anchor } from '@mantine/core';
import type { Overview } from '@thimble/protocol';
import { IconShieldCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../feedback/empty-state.tsx';
import { plural } from '../format/quantity.ts';
import { Panel } from '../shell/panel.tsx';
import classes from './overview.module.css';

interface TopPackagesProps {
  readonly top: Overview['top'];
  readonly endpointCount: number;
}

export function TopPackages({ top, endpointCount }: TopPackagesProps) {
  return (
    <Panel
      title="Most exposed packages"
      note="Security updates that are pending on most endpoints"
      flush
      end={
        <Anchor component={Link} to="/updates" size="sm">
          All updates
        </Anchor>
      }
    >
      {top.length === 0 ? (
        <EmptyState icon={<IconShieldCheck size={32} stroke={1.5} />} title="No security update is pending" />
      ) : (
        top.map((row) => (
          <div key={`${row.package} ${row.fixed}`} className={classes['topRow']}>
            <Link to="/updates" search={{ search: row.package }} className="plain">
              {row.package}
            </Link>
            <span className="mono">{row.fixed}</span>
            <span className={classes['meter']} aria-hidden>
              <span style={{ width: `${endpointCount === 0 ? 0 : (100 * row.endpointCount) / endpointCount}%` }} />
            </span>
            <span>{plural(row.endpointCount, 'endpoint')}</span>
          </div>
        ))
      )}
    </Panel>
  );
}
