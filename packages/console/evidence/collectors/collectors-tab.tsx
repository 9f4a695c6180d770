import { Button, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { EvidenceExport } from '@thimble/protocol';
import { useState } from 'react';
import { useMay } from '../../api/access-queries.ts';
import { exportsQuery, removeExport } from '../../api/evidence-queries.ts';
import { keys } from '../../api/keys.ts';
import { ConfirmDialog } from '../../feedback/confirm-dialog.tsx';
import { EmptyState } from '../../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../../feedback/loaded.tsx';
import { toastDone } from '../../feedback/toasts.tsx';
import { useAction } from '../../feedback/use-action.ts';
import { Panel } from '../../shell/panel.tsx';
import { CollectorCard } from './collector-card.tsx';
import { CollectorDialog } from './collector-dialog.tsx';

/** undefined: none; 'new': one that is being added. */
type Editing = EvidenceExport | 'new' | undefined;

/** Where the records go besides, as they come. */
export function CollectorsTab() {
  const query = useQuery(exportsQuery);
  const mayChange = useMay('evidence:export');
  const [editing, setEditing] = useState<Editing>();
  const [removing, setRemoving] = useState<EvidenceExport>();
  const stop = useAction({
    run: (name: string) => removeExport(name),
    refresh: [keys.evidence],
    done: () => {
      setRemoving(undefined);
      toastDone('Nothing is sent there any more');
    },
  });
  return (
    <Panel
      title="Collectors of logs (SIEM)"
      note="Each gets every record in order, as syslog over TLS or as JSON over HTTPS"
      end={
        mayChange ? (
          <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setEditing('new')}>
            Add a collector …
          </Button>
        ) : null
      }
    >
      <Loaded query={query} skeleton={<LinesSkeleton lines={2} height={90} />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No collector">The evidence is on this server alone.</EmptyState>
          ) : (
            <Stack gap="lg">
              {items.map((collector) => (
                <CollectorCard
                  key={collector.name}
                  collector={collector}
                  mayChange={mayChange}
                  onEdit={() => setEditing(collector)}
                  onStop={() => setRemoving(collector)}
                />
              ))}
            </Stack>
          )
        }
      </Loaded>
      {editing === undefined ? null : (
        <CollectorDialog
          key={editing === 'new' ? 'new' : editing.name}
          collector={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
      <ConfirmDialog
        opened={removing !== undefined}
        title={`Send nothing to ${removing?.name ?? ''} any more?`}
        action="Stop"
        danger
        pending={stop.isPending}
        onClose={() => setRemoving(undefined)}
        onConfirm={() => {
          if (removing !== undefined) stop.mutate(removing.name);
        }}
      >
        It keeps what it has, up to record {removing?.sentThrough ?? 0}. That it was stopped is itself evidence.
      </ConfirmDialog>
    </Panel>
  );
}
