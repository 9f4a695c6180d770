import { Text } from '@mantine/core';
import type { DeployReport } from '@thimble/protocol';
import { Tag } from '../states/state-badge.tsx';
import { CheckResults } from './check-results.tsx';

/** What an installation did besides packages: snapshot, steps, checks, and what stopped listening. */
export function DeployReportView({ report }: { report: DeployReport | undefined }) {
  if (report === undefined) return null;
  const { fileSystemSnapshot, steps, checks, lostListeners } = report;
  return (
    <>
      {fileSystemSnapshot === null ? null : (
        <Text size="sm">
          A snapshot of the file system was made before: <code>{fileSystemSnapshot}</code>
        </Text>
      )}
      <CheckResults title="Steps" results={steps} />
      <CheckResults title="Checks afterwards" results={checks} />
      {lostListeners.length === 0 ? null : (
        <div>
          <Tag tone="failed">listens no more</Tag> {lostListeners.join(', ')}
        </div>
      )}
    </>
  );
}
