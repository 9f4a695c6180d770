import { Button, Text } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { Panel } from '../shell/panel.tsx';
import { CopyLine } from '../settings/copy-line.tsx';

/** How feeds come to a server without internet. */
export function AirGapPanel({ onImport }: { onImport: () => void }) {
  return (
    <Panel
      title="Without internet"
      note="Feeds travel as one signed file"
      end={
        <Button size="xs" variant="default" leftSection={<IconFileImport size={15} aria-hidden />} onClick={onImport}>
          Import a bundle …
        </Button>
      }
    >
      <Text size="sm" mb={6}>
        On a server with internet, write a bundle; bring the file here and import it, on this page or with the command:
      </Text>
      <CopyLine label="command that exports" text="thimble feeds export thimble-feeds.bundle" />
      <CopyLine label="command that imports" text="thimble feeds import thimble-feeds.bundle" />
    </Panel>
  );
}
