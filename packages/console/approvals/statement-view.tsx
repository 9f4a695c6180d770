import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ApprovalDetail } from '@thimble/protocol';
import { approvalTransactionQuery } from '../api/approval-queries.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { formatMoment } from '../format/time.ts';
import { plural } from '../format/quantity.ts';
import { ChangesTable } from '../runs/changes-table.tsx';
import { Panel } from '../shell/panel.tsx';
import { ACTION_WORDS } from './approval-words.ts';
import classes from './approvals.module.css';

const NAMES_SHOWN = 20;

/** Everything that the digest stands for. */
export function StatementView({ approval }: { approval: ApprovalDetail }) {
  const { statement, snapshotName, summary, endpoints } = approval;
  const names = new Map(endpoints.map(({ id, hostname }) => [id, hostname]));
  const named = (ids: readonly string[]): string =>
    ids
      .slice(0, NAMES_SHOWN)
      .map((id) => names.get(id) ?? id)
      .join(', ') + (ids.length > NAMES_SHOWN ? ` and ${ids.length - NAMES_SHOWN} more` : '');
  return (
    <>
      <Panel title="What is signed">
        <dl className={classes['facts']}>
          <dt>May be done</dt>
          <dd>{statement.actions.map((action) => ACTION_WORDS[action]).join(', ')}</dd>
          <dt>Packages from</dt>
          <dd>
            {statement.snapshotId === null
              ? 'the endpoints’ own repositories'
              : `snapshot ${snapshotName ?? statement.snapshotId}`}
          </dd>
          <dt>Until</dt>
          <dd>{formatMoment(statement.expiresAt)}</dd>
          {statement.endpointIds.length === 0 ? null : (
            <>
              <dt>Without packages, on</dt>
              <dd>{named(statement.endpointIds)}</dd>
            </>
          )}
        </dl>
      </Panel>
      {statement.transactions.map(({ transactionDigest, endpointIds }) => (
        <TransactionPanel
          key={transactionDigest}
          approvalId={summary.id}
          digest={transactionDigest}
          title={`On ${plural(endpointIds.length, 'endpoint')}`}
          names={named(endpointIds)}
        />
      ))}
    </>
  );
}

interface TransactionPanelProps {
  readonly approvalId: string;
  readonly digest: string;
  readonly title: string;
  readonly names: string;
}

function TransactionPanel({ approvalId, digest, title, names }: TransactionPanelProps) {
  const query = useQuery(approvalTransactionQuery(approvalId, digest));
  return (
    <Panel title={title} note={names} flush>
      <Loaded query={query} skeleton={<LinesSkeleton lines={3} />}>
        {({ changes }) => <ChangesTable label={`Changes ${digest.slice(0, 8)}`} changes={changes} />}
      </Loaded>
      <Text size="xs" c="dimmed" p="xs" style={{ overflowWrap: 'anywhere' }}>
        transaction {digest}
      </Text>
    </Panel>
  );
}
