import { Text } from '@mantine/core';
import { IconHelpCircle, IconPower, IconRefreshAlert } from '@tabler/icons-react';
import type { EndpointDetail } from '@thimble/protocol';
import { Panel } from '../shell/panel.tsx';
import classes from './endpoint.module.css';

/** What waits and why, and what could not be determined: unknown is never shown as fine. */
export function WaitsPanel({ waits, gaps }: Pick<EndpointDetail, 'waits' | 'gaps'>) {
  if (waits.length === 0 && gaps.length === 0) return null;
  return (
    <div className={classes['wide']}>
      <Panel title="What waits, and why">
        <ul className={classes['items']}>
          {waits.map((wait, index) => (
            <li key={index} data-tone="wait">
              {wait.kind === 'reboot' ? (
                <IconPower size={17} aria-hidden />
              ) : (
                <IconRefreshAlert size={17} aria-hidden />
              )}
              <div>
                <Text size="sm" fw={550}>
                  {wait.kind === 'reboot'
                    ? 'Waits for a reboot'
                    : `Waits for a restart of ${wait.unit ?? 'a process without a unit'}`}
                </Text>
                <Text size="sm" c="dimmed">
                  {wait.reason}
                </Text>
              </div>
            </li>
          ))}
          {gaps.map((gap, index) => (
            <li key={`gap ${index}`} data-tone="notice">
              <IconHelpCircle size={17} aria-hidden />
              <div>
                <Text size="sm" fw={550}>
                  Unknown: {gap.what}
                </Text>
                <Text size="sm" c="dimmed">
                  {gap.why}
                </Text>
              </div>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}
