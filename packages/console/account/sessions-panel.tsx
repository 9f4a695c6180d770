import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { PersonSession } from '@thimble/protocol';
import { useCallback } from 'react';
import { keys } from '../api/keys.ts';
import { endOtherSessions, endOwnSession } from '../api/people-actions.ts';
import { ownSessionsQuery } from '../api/people-queries.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Panel } from '../shell/panel.tsx';
import { SessionList } from './session-list.tsx';

export function SessionsPanel() {
  const sessions = useQuery(ownSessionsQuery);
  const { mutate: end } = useAction({
    run: (id: string) => endOwnSession(id),
    refresh: [keys.ownSessions],
    done: () => toastDone('The session has ended'),
  });
  const endOthers = useAction({
    run: endOtherSessions,
    refresh: [keys.ownSessions],
    done: () => toastDone('All other sessions have ended'),
  });
  const onEnd = useCallback((session: PersonSession) => end(session.id), [end]);
  return (
    <Panel
      title="Sessions"
      note="Where you are signed in"
      end={
        <Button
          variant="default"
          size="xs"
          loading={endOthers.isPending}
          disabled={(sessions.data?.items.length ?? 0) < 2}
          onClick={() => endOthers.mutate()}
        >
          End all others
        </Button>
      }
    >
      <Loaded query={sessions} skeleton={<LinesSkeleton lines={2} />}>
        {({ items }) => <SessionList sessions={items} onEnd={onEnd} />}
      </Loaded>
    </Panel>
  );
}
