import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { CreateRunRequest } from '@thimble/protocol';
import { channelsQuery, snapshotsQuery } from '../api/content-queries.ts';

const OWN = { value: '', label: 'Each endpoint’s own repositories' };

/** Where a run's packages come from: `channel NAME`, `snapshot ID`, or empty for the endpoints' own repositories. */
export function InstallFrom({ value, onChange }: { value: string; onChange: (next: string) => void }) {
  const channels = useQuery(channelsQuery).data?.items ?? [];
  const snapshots = useQuery(snapshotsQuery).data?.items ?? [];
  const pointing = channels.filter(({ snapshot }) => snapshot !== null);
  const usable = snapshots.filter(({ retiredAt }) => retiredAt === null);
  return (
    <NativeSelect
      label="Install from"
      description={
        value === ''
          ? 'Each endpoint asks the repositories that it has configured'
          : 'Every endpoint gets the same frozen bytes, checked by its own keys'
      }
      value={value}
      data={[
        OWN,
        ...(pointing.length === 0
          ? []
          : [
              {
                group: 'Channels',
                items: pointing.map(({ name, snapshot }) => ({
                  value: `channel ${name}`,
                  label: `${name} (${snapshot?.name ?? ''})`,
                })),
              },
            ]),
        ...(usable.length === 0
          ? []
          : [
              {
                group: 'Snapshots',
                items: usable.map(({ id, name }) => ({ value: `snapshot ${id}`, label: name })),
              },
            ]),
      ]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** The request's part for a value of `InstallFrom`. */
export function contentOf(value: string): Pick<CreateRunRequest, 'content'> {
  const [kind, ...rest] = value.split(' ');
  if (kind === 'snapshot') return { content: { snapshotId: rest.join(' ') } };
  if (kind === 'channel') return { content: { channel: rest.join(' ') } };
  return {};
}
