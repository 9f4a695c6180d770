import { Table, Text } from '@mantine/core';
import type { RevisionSummary } from '@thimble/protocol';
import { formatBytes, formatCount } from '../format/quantity.ts';
import { formatMoment } from '../format/time.ts';
import { Panel } from '../shell/panel.tsx';
import classes from './snapshots.module.css';

/** Of which verified states a snapshot is made. */
export function RevisionsTable({ revisions }: { revisions: readonly RevisionSummary[] }) {
  return (
    <Panel title="Made of" note="The vendors’ own signed metadata, byte for byte" flush>
      <Table.ScrollContainer minWidth={520} type="native" tabIndex={0} role="region" aria-label="Revisions">
        <Table fz="sm" className="tabular" verticalSpacing={6} horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Repository</Table.Th>
              <Table.Th>Of</Table.Th>
              <Table.Th ta="end">Packages</Table.Th>
              <Table.Th ta="end">Stored</Table.Th>
              <Table.Th>Signed metadata</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {revisions.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td>
                  {one.repositoryName}{' '}
                  <Text span size="xs" c="dimmed">
                    revision {one.sequence}
                  </Text>
                </Table.Td>
                <Table.Td>{formatMoment(one.date ?? one.createdAt)}</Table.Td>
                <Table.Td ta="end">{formatCount(one.packageCount)}</Table.Td>
                <Table.Td ta="end">{formatBytes(one.storedBytes)}</Table.Td>
                <Table.Td
                  title={`${one.metadataPath}, SHA-256 ${one.metadataSha256}, signed by ${one.signedBy ?? 'none'}`}
                >
                  <span className={classes['version']}>{one.metadataSha256.slice(0, 16)}…</span>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}
