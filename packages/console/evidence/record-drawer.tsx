import { Button, Drawer, Stack } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { EvidenceRecord } from '@thimble/protocol';
import { Facts } from '../endpoints/facts.tsx';
import { downloadFile } from '../format/download.ts';
import { formatMoment } from '../format/time.ts';
import { kindLook } from './record-kinds.ts';
import classes from './evidence.module.css';

export function RecordDrawer({ record, onClose }: { record: EvidenceRecord | undefined; onClose: () => void }) {
  return (
    <Drawer
      opened={record !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title={record === undefined ? '' : `Record ${record.sequence}`}
    >
      {record === undefined ? null : (
        <Stack gap="md">
          <Facts
            facts={[
              ['What', kindLook(record.kind).label],
              ['Summary', record.summary],
              ['When', formatMoment(record.at)],
              ['By', record.actor],
              ['Digest', <code key="own">{record.sha256}</code>],
              ['Covers', <code key="previous">{record.previousSha256}</code>],
            ]}
          />
          <pre className={classes['detail']} tabIndex={0} role="region" aria-label="The record’s detail">
            {JSON.stringify(record.detail, null, 2)}
          </pre>
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() =>
              downloadFile(`record-${record.sequence}.json`, 'application/json', JSON.stringify(record, null, 2))
            }
          >
            Download this record
          </Button>
        </Stack>
      )}
    </Drawer>
  );
}
