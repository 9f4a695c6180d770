import { Text } from '@mantine/core';
import type { TrialReport } from '@thimble/protocol';
import { formatBytes } from '../format/quantity.ts';
import { formatDuration } from '../format/time.ts';
import { TRIAL_STATES } from '../states/rollout-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import { CheckResults } from './check-results.tsx';
import { ReasonList } from './reason-list.tsx';

/** What became of a transaction on a throw-away clone, and what could not be tried there. */
export function TrialReportView({ report }: { report: TrialReport }) {
  const { verdict, message, clone, brokenPackages, checks, gaps, installMs, totalMs, diskBytes } = report;
  return (
    <>
      <div>
        <strong>Trial</strong> <StateBadge look={TRIAL_STATES[verdict]} /> {message}
      </div>
      {clone === '' ? null : (
        <Text size="sm" c="dimmed" className="tabular">
          {clone}, took {formatDuration(totalMs)}, {formatDuration(installMs)} of it to install,{' '}
          {formatBytes(diskBytes)} of disk
        </Text>
      )}
      {brokenPackages.length === 0 ? null : <div>Did not end installed: {brokenPackages.join(', ')}</div>}
      <CheckResults title="Checks on the clone" results={checks} />
      {gaps.length === 0 ? null : (
        <div>
          <strong>Not tried</strong>
          <ReasonList items={gaps.map(({ what, why }) => ({ name: what, why }))} />
        </div>
      )}
    </>
  );
}
