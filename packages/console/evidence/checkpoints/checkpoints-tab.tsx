import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { EvidenceCheckpoints } from '@thimble/protocol';
import { checkpointsQuery } from '../../api/evidence-queries.ts';
import { Facts } from '../../endpoints/facts.tsx';
import { EmptyState } from '../../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../../feedback/loaded.tsx';
import { downloadFile } from '../../format/download.ts';
import { Ago } from '../../format/moment.tsx';
import { plural } from '../../format/quantity.ts';
import { useCommandHere } from '../../organisations/command-in.ts';
import { CopyLine } from '../../settings/copy-line.tsx';
import { Panel } from '../../shell/panel.tsx';
import classes from '../evidence.module.css';
import { WitnessList } from './witness-list.tsx';

/** What was signed about the log, and who outside of this server has seen it. */
export function CheckpointsTab() {
  const query = useQuery(checkpointsQuery);
  return (
    <Loaded query={query} skeleton={<LinesSkeleton lines={4} height={90} />}>
      {(checkpoints) => (
        <Stack gap="md">
          <DatabaseAlert beside={checkpoints.beside} />
          <Newest checkpoints={checkpoints} />
          <Panel
            title="Witnesses"
            note="Programs elsewhere that sign what they have seen; their keys are the setting witness-keys"
          >
            <WitnessList witnesses={checkpoints.witnesses} size={checkpoints.newest?.size ?? 0} />
          </Panel>
          <Verifying verifierKey={checkpoints.verifierKey} />
        </Stack>
      )}
    </Loaded>
  );
}

function DatabaseAlert({ beside }: Pick<EvidenceCheckpoints, 'beside'>) {
  if (beside === null || beside.database === 'has-it') return null;
  return (
    <Alert color="red" variant="light" title="The database is not the one that this server signed">
      {beside.database === 'is-older'
        ? `The server keeps a checkpoint of ${plural(beside.size, 'record')} beside the database, which does not have them: it was restored from an older state, or records were removed. `
        : `The server keeps another checkpoint of ${plural(beside.size, 'record')} beside the database: it was written anew. `}
      If somebody restored it, they say so with <code>thimble server accept-older-database</code>. Else find out who
      did.
    </Alert>
  );
}

function Newest({ checkpoints: { newest, unsigned, verifierKey } }: { checkpoints: EvidenceCheckpoints }) {
  if (newest === null)
    return (
      <Panel title="Newest checkpoint">
        <EmptyState title="Nothing is signed yet">A checkpoint is signed within seconds after a record.</EmptyState>
      </Panel>
    );
  return (
    <Panel
      title="Newest checkpoint"
      note="Fixes every record up to its size. Keep one outside of this server, every day"
      end={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={() => downloadFile(`checkpoint-${newest.size}.txt`, 'text/plain', newest.note)}
        >
          Download
        </Button>
      }
    >
      <Stack gap="md">
        <Facts
          facts={[
            ['Size', plural(newest.size, 'record')],
            ['Signed', <Ago key="signed" at={newest.signedAt} />],
            ['Not signed yet', unsigned === 0 ? 'none' : plural(unsigned, 'record')],
            ['Root', <CopyLine key="root" label="root of the newest checkpoint" text={newest.rootSha256} />],
            ['Key of the log', <CopyLine key="key" label="key of the log" text={verifierKey} />],
          ]}
        />
        <pre className={classes['detail']} tabIndex={0} role="region" aria-label="The checkpoint’s text">
          {newest.note}
        </pre>
      </Stack>
    </Panel>
  );
}

function Verifying({ verifierKey }: Pick<EvidenceCheckpoints, 'verifierKey'>) {
  const verify = useCommandHere(`thimble audit verify --checkpoint checkpoint.txt --key '${verifierKey}'`);
  const keep = useCommandHere(`thimble audit checkpoint --output $(date +%F).txt --key '${verifierKey}'`);
  return (
    <Panel title="How to verify" note="On a machine that is not this server; it needs nothing but the log’s key">
      <Stack gap="xs">
        <Text size="sm">Everything, held against a checkpoint that you kept:</Text>
        <CopyLine label="command that verifies the log" text={verify} />
        <Text size="sm">Keep the newest one, proven to go on from the one before:</Text>
        <CopyLine label="command that keeps a checkpoint" text={keep} />
      </Stack>
    </Panel>
  );
}
