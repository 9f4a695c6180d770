import { Button, Text } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { FleetGap } from '@thimble/protocol';
import { useState } from 'react';
import { plural } from '../format/quantity.ts';
import classes from './gaps.module.css';

/** More are not read by anybody in a list. */
const SHOWN = 60;

/** One thing that could not be assessed, why, and where. */
export function GapLine({ gap }: { gap: FleetGap }) {
  const [opened, setOpened] = useState(false);
  const shown = gap.endpoints.slice(0, SHOWN);
  const rest = gap.endpointCount - shown.length;
  return (
    <div className={classes['gap']}>
      <div className={classes['head']}>
        <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
          {gap.what}
        </Text>
        <span className={classes['counts']}>{plural(gap.packageCount, 'package')}</span>
      </div>
      <Text size="sm" c="dimmed">
        {gap.why}
      </Text>
      <Button
        variant="subtle"
        size="compact-sm"
        mt={4}
        ml={-6}
        px={6}
        aria-expanded={opened}
        aria-label={`${plural(gap.endpointCount, 'endpoint')} with ${gap.what}`}
        leftSection={opened ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
        onClick={() => setOpened((before) => !before)}
      >
        {plural(gap.endpointCount, 'endpoint')}
      </Button>
      {opened ? (
        <>
          <ul className={classes['endpoints']}>
            {shown.map((endpoint) => (
              <li key={endpoint.id}>
                <Link
                  to="/endpoints/$endpointId"
                  params={{ endpointId: endpoint.id }}
                  search={{ tab: 'findings' }}
                  className="plain truncate"
                >
                  {endpoint.hostname}
                </Link>
              </li>
            ))}
          </ul>
          {rest > 0 ? (
            <Text size="sm" c="dimmed" mt={6}>
              and {plural(rest, 'more', 'more')}
            </Text>
          ) : null}
        </>
      ) : null}
    </div>
  );
}
