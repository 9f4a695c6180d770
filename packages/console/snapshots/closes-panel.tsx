import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Severity } from '@thimble/protocol';
import { useState } from 'react';
import { formatCount, plural } from '../format/quantity.ts';
import { Panel } from '../shell/panel.tsx';
import { SEVERITY_ORDER } from '../states/assess-states.ts';
import { SeverityBadge } from '../states/severity-badge.tsx';
import { Tag } from '../states/state-badge.tsx';
import type { Closed } from './difference-rows.ts';
import classes from './snapshots.module.css';

/** Named at first; the others show on demand. */
const SHOWN = 6;

/** The vulnerabilities of the fleet that a snapshot repairs: those that are exploited, then by severity. */
export function ClosesPanel({ closes }: { closes: readonly Closed[] }) {
  if (closes.length === 0) return null;
  const rest = closes.filter((one) => !one.exploited);
  const lines = SEVERITY_ORDER.map((severity) => ({
    severity,
    found: rest.filter((one) => severityOf(one) === severity),
  }));
  return (
    <Panel
      title="Vulnerabilities that it closes"
      note="Open on an endpoint now, and repaired by a package of this snapshot"
      flush
    >
      <Line label={<Tag tone="danger">Exploited</Tag>} name="exploited" found={closes.filter((one) => one.exploited)} />
      {lines.map(({ severity, found }) => (
        <Line key={severity} label={<SeverityBadge severity={severity} />} name={severity} found={found} />
      ))}
    </Panel>
  );
}

function Line({ label, name, found }: { label: React.ReactNode; name: string; found: readonly Closed[] }) {
  const [opened, setOpened] = useState(false);
  if (found.length === 0) return null;
  const shown = opened ? found : found.slice(0, SHOWN);
  return (
    <div className={classes['closesLine']}>
      <span className={classes['closesLabel']}>
        <span className={classes['closesCount']}>{formatCount(found.length)}</span> {label}
      </span>
      <ul className={classes['closes']}>
        {shown.map((one) => (
          <li key={one.id} title={`${plural(one.endpointCount, 'endpoint')}: ${one.packages.join(', ')}`}>
            <Link to="/vulnerabilities/$vulnerabilityId" params={{ vulnerabilityId: one.id }} className="plain">
              {one.id}
            </Link>
            <span className={classes['closesEndpoints']}>{formatCount(one.endpointCount)}</span>
          </li>
        ))}
        {found.length <= SHOWN ? null : (
          <li>
            <Button
              variant="subtle"
              size="compact-xs"
              aria-expanded={opened}
              aria-label={`${opened ? 'fewer' : `and ${formatCount(found.length - SHOWN)} more`} of ${name}`}
              onClick={() => setOpened(!opened)}
            >
              {opened ? 'fewer' : `and ${formatCount(found.length - SHOWN)} more`}
            </Button>
          </li>
        )}
      </ul>
    </div>
  );
}

function severityOf({ severity }: Closed): Severity {
  return SEVERITY_ORDER.find((one) => one === severity) ?? 'unknown';
}
