import { Button, Group, Text } from '@mantine/core';
import { IconFileExport, IconFileImport } from '@tabler/icons-react';
import { fileAddress } from '../api/organisation-here.ts';
import { Panel } from '../shell/panel.tsx';
import { CopyLine } from '../settings/copy-line.tsx';

/** How feeds come to a server without internet. */
export function AirGapPanel({ onImport }: { onImport: () => void }) {
  return (
    <Panel
      title="Without internet"
      note="Feeds travel as one signed file"
      end={
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            component="a"
            href={fileAddress('/feeds/export')}
            download
            leftSection={<IconFileExport size={15} aria-hidden />}
          >
            Export a bundle
          </Button>
          <Button size="xs" variant="default" leftSection={<IconFileImport size={15} aria-hidden />} onClick={onImport}>
            Import a bundle …
          </Button>
        </Group>
      }
    >
      <Text size="sm" mb={6}>
        On a server with internet, export a bundle; bring the file to the other and import it, on this page or with the
        commands:
      </Text>
      <CopyLine label="command that exports" text="thimble feeds export thimble-feeds.bundle" />
      <CopyLine label="command that imports" text="thimble feeds import thimble-feeds.bundle" />
    </Panel>
  );
}
