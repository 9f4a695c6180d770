import { Text } from '@mantine/core';
import type { System } from '@thimble/protocol';
import { formatMoment } from '../format/time.ts';
import { Panel } from '../shell/panel.tsx';
import { Tag } from '../states/state-badge.tsx';
import classes from './endpoint.module.css';

/** Where the endpoint gets its packages from, and whether it could verify the signature. */
export function RepositoriesPanel({ repositories }: Pick<System, 'repositories'>) {
  return (
    <Panel title="Repositories">
      {repositories.length === 0 ? (
        <Text size="sm" c="dimmed">
          No repository is configured: this endpoint can get no update.
        </Text>
      ) : (
        <ul className={classes['items']}>
          {repositories.map((repository) => (
            <li key={`${repository.uri} ${repository.suite}`}>
              <div style={{ minWidth: 0, flex: 1 }}>
                <Text size="sm" fw={550}>
                  {repository.suite}{' '}
                  <Text span size="sm" c="dimmed" fw={400}>
                    {repository.components.join(' ')}
                  </Text>
                </Text>
                <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {repository.uri}
                </Text>
                <Text size="xs" c="dimmed">
                  index of {repository.date === null ? 'an unknown day' : formatMoment(repository.date)}
                  {repository.validUntil === null ? '' : `, valid until ${formatMoment(repository.validUntil)}`}
                </Text>
              </div>
              <div>{repository.trusted ? <Tag tone="good">verified</Tag> : <Tag tone="danger">not verified</Tag>}</div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
