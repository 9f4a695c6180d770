import { Anchor, Text, Timeline } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { EndpointSummary } from '@thimble/protocol';
import { endpointHistoryQuery } from '../api/queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { Loaded } from '../feedback/loaded.tsx';
import { Ago } from '../format/moment.tsx';
import { formatMoment } from '../format/time.ts';
import { Panel } from '../shell/panel.tsx';

export function HistoryTab({ endpoint }: { endpoint: EndpointSummary }) {
  const query = useQuery(endpointHistoryQuery(endpoint.id));
  return (
    <Loaded query={query}>
      {({ items }) => (
        <Panel>
          {items.length === 0 ? (
            <EmptyState title="Nothing has happened yet" />
          ) : (
            <Timeline bulletSize={14} lineWidth={2} active={-1}>
              {items.map((event, index) => (
                <Timeline.Item key={`${event.at} ${index}`} title={<Text size="sm">{event.message}</Text>}>
                  <Text size="xs" c="dimmed" className="tabular">
                    {formatMoment(event.at)}, <Ago at={event.at} />
                    {event.runId === null ? null : (
                      <>
                        {' · '}
                        <Anchor component={Link} to={`/runs/${event.runId}`} size="xs" underline="always">
                          patch run
                        </Anchor>
                      </>
                    )}
                  </Text>
                </Timeline.Item>
              ))}
            </Timeline>
          )}
        </Panel>
      )}
    </Loaded>
  );
}
