import { Text } from '@mantine/core';
import type { Outcome, RunTarget } from '@thimble/protocol';
import { formatDuration, formatMoment } from '../format/time.ts';
import { Tag } from '../states/state-badge.tsx';
import { formatBytes, plural } from '../format/quantity.ts';
import { DeployReportView } from './deploy-report-view.tsx';
import { DifferenceView } from './difference-view.tsx';
import { ReasonList } from './reason-list.tsx';
import { TrialReportView } from './trial-report-view.tsx';
import { VerificationView } from './verification-view.tsx';
import classes from './runs.module.css';

/** The recorded end of an order: what was verified, or why it was refused or failed. */
export function TargetDetail({ target }: { target: RunTarget }) {
  const { outcome } = target;
  if (outcome === null) return <Text size="sm">{target.explanation}</Text>;
  const took = Date.parse(outcome.endedAt) - Date.parse(outcome.startedAt);
  return (
    <div className={classes['detail']}>
      <Text size="sm" c="dimmed" className="tabular">
        {formatMoment(outcome.startedAt)}, took {formatDuration(took)} · order{' '}
        <code>{outcome.orderId.slice(0, 8)}</code>, generation {outcome.generation}
      </Text>
      <Result result={outcome.result} />
    </div>
  );
}

function Result({ result }: { result: Outcome['result'] }) {
  switch (result.kind) {
    case 'applied':
      return (
        <>
          <VerificationView verification={result.verification} />
          <DeployReportView report={result.deploy} />
          {result.resumed ? <Text size="sm">It went on after an interruption.</Text> : null}
          <Text size="sm" c="dimmed">
            {plural(result.kept.length, 'earlier package file')} kept for a roll back
            {result.rollbackGaps.length === 0 ? '.' : ', but not of all packages:'}
          </Text>
          {result.rollbackGaps.length === 0 ? null : (
            <ReasonList items={result.rollbackGaps.map((gap) => ({ name: gap.what, why: gap.why }))} />
          )}
        </>
      );
    case 'rebooted':
      return (
        <>
          <VerificationView verification={result.verification} />
          <DeployReportView report={result.deploy} />
        </>
      );
    case 'tried':
      return (
        <>
          <TrialReportView report={result.report} />
          <Log lines={result.logTail} />
        </>
      );
    case 'pre-staged':
      return (
        <Text size="sm">
          Everything that was planned is on the endpoint, checked: {formatBytes(result.fetchedBytes)} fetched,{' '}
          {formatBytes(result.fromRelayBytes)} of it from a relay.
        </Text>
      );
    case 'refused':
      return (
        <>
          <div>
            <Tag tone="failed">{result.code}</Tag> {result.message}. Nothing was changed.
          </div>
          {result.difference === null ? null : <DifferenceView difference={result.difference} />}
          <Log lines={result.logTail} />
        </>
      );
    case 'failed':
      return (
        <>
          <div>
            <Tag tone="failed">{result.code}</Tag> {result.message} (while {result.stage})
          </div>
          {result.verification === null ? (
            <Text size="sm">What is installed now could not be checked.</Text>
          ) : (
            <VerificationView verification={result.verification} />
          )}
          <DeployReportView report={result.deploy} />
          <Log lines={result.logTail} />
        </>
      );
    case 'cancelled':
      return <Text size="sm">Cancelled while {result.stage}; nothing was changed.</Text>;
    case 'scanned':
      return <Text size="sm">Scanned.</Text>;
    case 'planned':
      return <Text size="sm">Planned {result.transaction.changes.length} changes.</Text>;
  }
}

function Log({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <pre className={classes['log']} tabIndex={0} role="region" aria-label="The last lines of the log">
      {lines.join('\n')}
    </pre>
  );
}
