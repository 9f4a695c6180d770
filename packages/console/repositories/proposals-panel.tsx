import { Button, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { RepositoryProposal } from '@thimble/protocol';
import { useState } from 'react';
import { plural } from '../format/quantity.ts';
import { Panel } from '../shell/panel.tsx';
import { Tag } from '../states/state-badge.tsx';
import { ApproveDialog } from './approve-dialog.tsx';
import { placeOf } from './place.ts';
import classes from './repositories.module.css';

/** What endpoints have configured and nobody has decided about yet. */
export function ProposalsPanel({ proposals }: { proposals: readonly RepositoryProposal[] }) {
  const [chosen, setChosen] = useState<readonly RepositoryProposal[]>([]);
  const ready = proposals.filter(({ problem }) => problem === '');
  if (proposals.length === 0) return null;
  return (
    <Panel
      title={`${plural(proposals.length, 'repository', 'repositories')} of the fleet ${proposals.length === 1 ? 'is' : 'are'} not decided about`}
      note="Endpoints have them configured. Adding one means to trust its keys for this server too."
      flush
      end={
        ready.length < 2 ? undefined : (
          <Button size="xs" onClick={() => setChosen(ready)}>
            Add all {ready.length} …
          </Button>
        )
      }
    >
      {proposals.map((proposal) => (
        <div key={proposal.id} className={classes['proposal']}>
          <div style={{ minWidth: 0 }}>
            <Text size="sm" fw={550}>
              {proposal.name}
            </Text>
            <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {placeOf(proposal)} · {proposal.format} · {proposal.architectures.join(', ')} · on{' '}
              {plural(proposal.endpointCount, 'endpoint')} · {plural(proposal.keys.length, 'key')}
            </Text>
            {proposal.unsignedCount === 0 ? null : (
              <Tag tone="danger">taken without a signature on {plural(proposal.unsignedCount, 'endpoint')}</Tag>
            )}
            {proposal.problem === '' ? null : (
              <Text size="xs" mt={2}>
                {proposal.problem}
              </Text>
            )}
          </div>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            disabled={proposal.problem !== ''}
            aria-label={`Add ${proposal.name}`}
            onClick={() => setChosen([proposal])}
          >
            Add …
          </Button>
        </div>
      ))}
      {chosen.length === 0 ? null : <ApproveDialog proposals={chosen} onClose={() => setChosen([])} />}
    </Panel>
  );
}
