import { Button, FileInput, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FeedImportResult } from '@thimble/protocol';
import { IconFileZip } from '@tabler/icons-react';
import { useState } from 'react';
import { importBundle } from '../api/assess-actions.ts';
import { keys } from '../api/keys.ts';
import { Facts } from '../endpoints/facts.tsx';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { formatBytes, formatCount } from '../format/quantity.ts';
import { formatMoment } from '../format/time.ts';

/** Takes a signed bundle; a refusal stays in sight with all that the server says. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const client = useQueryClient();
  const importing = useMutation({
    mutationFn: importBundle,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.feeds });
      void client.invalidateQueries({ queryKey: keys.vulnerabilities });
    },
  });
  return (
    <Modal opened onClose={onClose} title="Import a bundle" size="lg">
      <Stack gap="lg">
        {importing.data === undefined ? (
          <>
            <Text size="sm">
              A bundle is made on a machine with internet and carries the feeds’ state. Its signature and every record
              are checked before anything is written; a bundle that fails a check changes nothing.
            </Text>
            <FileInput
              label="Bundle"
              placeholder="Choose a file"
              leftSection={<IconFileZip size={16} aria-hidden />}
              clearable
              clearButtonProps={{ 'aria-label': 'Remove the file' }}
              value={file}
              {...(file === null ? {} : { description: formatBytes(file.size) })}
              onChange={(next) => {
                setFile(next);
                importing.reset();
              }}
            />
            {importing.isError ? <ProblemPanel error={importing.error} /> : null}
          </>
        ) : (
          <Result result={importing.data} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          {importing.data === undefined ? (
            <Button
              loading={importing.isPending}
              disabled={file === null}
              onClick={() => {
                if (file !== null) importing.mutate(file);
              }}
            >
              Import
            </Button>
          ) : null}
        </Group>
      </Stack>
    </Modal>
  );
}

function Result({ result }: { result: FeedImportResult }) {
  return (
    <Stack gap="sm" role="status">
      <Text fw={600}>The bundle was imported</Text>
      <Facts
        facts={[
          ['Made', formatMoment(result.producedAt)],
          ['Signed by', <code key="signer">{result.signer}</code>],
        ]}
      />
      <Table.ScrollContainer minWidth={320} type="native">
        <Table fz="sm" className="tabular">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Feed</Table.Th>
              <Table.Th ta="end">Advisories</Table.Th>
              <Table.Th ta="end">Facts</Table.Th>
              <Table.Th>Outcome</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {result.feeds.map((feed) => (
              <Table.Tr key={feed.id}>
                <Table.Td>{feed.id}</Table.Td>
                <Table.Td ta="end">{formatCount(feed.advisories)}</Table.Td>
                <Table.Td ta="end">{formatCount(feed.facts)}</Table.Td>
                <Table.Td>{feed.outcome}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
