import { Anchor, Button, Text } from '@mantine/core';
import { IconBandage } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { nextPatchesQuery } from '../api/assess-queries.ts';
import { Permitted } from '../feedback/permitted.tsx';
import { useNewRun } from '../runs/new-run.tsx';
import { Panel } from '../shell/panel.tsx';
import { PatchList } from './patch-list.tsx';
import { draftOf } from './run-draft.ts';

const LIMIT = 5;

/** The first of them, for pages on other things; nothing where none is known. */
export function NextPatchesPanel() {
  const { data } = useQuery(nextPatchesQuery({ limit: LIMIT }));
  const newRun = useNewRun();
  if (data === undefined || data.items.length === 0) return null;
  const share = Math.round((data.items.at(-1)?.cumulativeShare ?? 0) * 100);
  return (
    <Panel
      title="Best next patches"
      note={
        <>
          {data.items.length === 1 ? 'This update removes' : `These ${data.items.length} updates remove`} {share} % of
          all open risk
        </>
      }
      flush
      end={
        <span style={{ display: 'inline-flex', gap: '0.9rem', alignItems: 'center', flexWrap: 'wrap' }}>
          <Anchor component={Link} to="/next-patches" size="sm">
            All of them
          </Anchor>
          <Permitted needs="runs:propose">
            <Button
              size="xs"
              leftSection={<IconBandage size={15} aria-hidden />}
              onClick={() => newRun(draftOf(data.items))}
            >
              Plan {data.items.length === 1 ? 'it' : `these ${data.items.length}`} …
            </Button>
          </Permitted>
        </span>
      }
    >
      <PatchList patches={data} />
      {data.remaining.length === 0 ? null : (
        <Text size="xs" c="dimmed" px="1.1rem" pb="sm">
          What stays and why is on the page of all of them.
        </Text>
      )}
    </Panel>
  );
}
