import { Code, Stack, Text } from '@mantine/core';
import type { FeedSummary } from '@thimble/protocol';
import { Facts } from '../endpoints/facts.tsx';
import { ExternalLink } from '../format/external-link.tsx';
import { Ago } from '../format/moment.tsx';
import { formatCount, plural } from '../format/quantity.ts';
import { formatMoment } from '../format/time.ts';
import classes from './feeds.module.css';

const MODES: Readonly<Record<FeedSummary['mode'], string>> = {
  auto: 'automatic: synchronised while the fleet has what it speaks of',
  on: 'always synchronised',
  off: 'switched off',
};

/** All that is known of one feed: how it is, what went wrong, where it comes from and under what licence. */
export function FeedDetail({ feed }: { feed: FeedSummary }) {
  return (
    <div className={classes['detail']}>
      <Stack gap="sm">
        <Text size="sm">{feed.explanation}</Text>
        {feed.running === null ? null : (
          <Text size="sm" role="status">
            Running since <Ago at={feed.running.startedAt} />: {plural(feed.running.records, 'record')},{' '}
            {feed.running.message}
          </Text>
        )}
        {feed.failure === null ? null : (
          <div className={classes['failure']} data-tone="failed">
            <Text size="sm" fw={550}>
              Failed <Ago at={feed.failure.at} /> <Code>{feed.failure.code}</Code>
            </Text>
            {feed.failure.message}
          </div>
        )}
        {feed.faults.length === 0 ? null : <Faults feed={feed} />}
      </Stack>
      <Facts
        facts={[
          ['Mode', MODES[feed.mode]],
          ['Every', `${formatCount(feed.intervalHours)} h`],
          ['Next run', feed.nextAt === null ? 'not planned' : formatMoment(feed.nextAt)],
          ['Last change', feed.changedAt === null ? 'none seen' : formatMoment(feed.changedAt)],
          [
            'Speaks of',
            feed.namespaces.length === 0 || feed.namespaces.includes('*')
              ? 'vulnerabilities, whatever has them'
              : feed.namespaces.join(', '),
          ],
          ['Address', <code key="address">{feed.baseUrl}</code>],
          ['Licence', feed.licence],
          ['Documentation', <ExternalLink key="link" address={feed.documentation} />],
        ]}
      />
    </div>
  );
}

function Faults({ feed }: { feed: FeedSummary }) {
  const rest = feed.faultCount - feed.faults.length;
  return (
    <div>
      <Text size="sm" fw={550}>
        {plural(feed.faultCount, 'record was', 'records were')} left out, the others were taken:
      </Text>
      <ul className={classes['faults']}>
        {feed.faults.map((fault) => (
          <li key={`${fault.record} ${fault.reason}`}>
            <span className="mono">{fault.record}</span>: {fault.reason}
          </li>
        ))}
      </ul>
      {rest > 0 ? (
        <Text size="xs" c="dimmed">
          and {plural(rest, 'more', 'more')}
        </Text>
      ) : null}
    </div>
  );
}
