import { Anchor, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { API } from '@thimble/protocol';
import { downloadsQuery } from '../api/queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { formatBytes } from '../format/quantity.ts';
import { Panel } from '../shell/panel.tsx';
import { CopyLine } from './copy-line.tsx';

/** The agent's files, with the digests to check them by. */
export function Downloads() {
  const query = useQuery(downloadsQuery);
  return (
    <Panel title="Agent downloads" note="Check the digest before you install a file that came over the network">
      <Loaded query={query} skeleton={<LinesSkeleton lines={2} height={62} />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No file is offered">The agent has not been built on this server.</EmptyState>
          ) : (
            <Stack gap="md">
              {items.map((download) => (
                <div key={download.name}>
                  <Anchor href={`${API}/downloads/${encodeURIComponent(download.name)}`} download size="sm" fw={550}>
                    {download.name}
                  </Anchor>
                  <Text size="xs" c="dimmed" mb={4} className="tabular">
                    {download.kind === 'deb' ? 'Debian package' : 'Single executable'}, {download.architecture}, version{' '}
                    {download.version}, {formatBytes(download.sizeBytes)}, SHA-256:
                  </Text>
                  <CopyLine label={`SHA-256 of ${download.name}`} text={download.sha256} />
                </div>
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Panel>
  );
}
