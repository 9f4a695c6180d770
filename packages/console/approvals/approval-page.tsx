import { Anchor, Button, Skeleton } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ApprovalDetail } from '@thimble/protocol';
import { useState } from 'react';
import { renewApproval, signApproval } from '../api/approval-actions.ts';
import { approvalQuery } from '../api/approval-queries.ts';
import { keys } from '../api/keys.ts';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Ago } from '../format/moment.tsx';
import { Page } from '../shell/page.tsx';
import { StateBadge } from '../states/state-badge.tsx';
import { APPROVAL_STATES } from './approval-words.ts';
import { NarrowDialog } from './narrow-dialog.tsx';
import { SignPanel } from './sign-panel.tsx';
import { StatementView } from './statement-view.tsx';

const route = getRouteApi('/frame/approvals/$approvalId');

/** One request: everything that is signed, its digest, and the way to sign it. */
export function ApprovalPage() {
  const { approvalId } = route.useParams();
  const query = useQuery(approvalQuery(approvalId));
  const trail = (
    <Anchor component={Link} to="/approvals" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
      <IconChevronLeft size={14} aria-hidden />
      Approvals
    </Anchor>
  );
  if (query.data === undefined)
    return (
      <Page title="Approval" trail={trail}>
        {query.isError ? (
          <ProblemPanel error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Skeleton height={420} />
        )}
      </Page>
    );
  const { summary } = query.data;
  return (
    <Page
      title={summary.title}
      badge={<StateBadge look={APPROVAL_STATES[summary.state]} />}
      trail={trail}
      description={
        <>
          Asked <Ago at={summary.createdAt} /> by {summary.createdBy}
          {summary.narrowedBy === null ? '' : `, narrowed by ${summary.narrowedBy}`} ·{' '}
          <Anchor component={Link} to={`/runs/${summary.runId}`} size="sm" underline="always">
            its run
          </Anchor>
        </>
      }
      actions={<ApprovalActions approval={query.data} />}
    >
      <SignPanel
        progress={summary.progress}
        closed={summary.state !== 'open'}
        command={`thimble approve ${summary.id.slice(-8)} --key FILE`}
        send={(signature) => signApproval(summary.id, signature)}
      />
      <StatementView approval={query.data} />
    </Page>
  );
}

function ApprovalActions({ approval }: { approval: ApprovalDetail }) {
  const [narrowing, setNarrowing] = useState(false);
  if (approval.summary.state === 'expired') return <RenewButton approval={approval} />;
  if (approval.summary.state !== 'open') return null;
  return (
    <>
      <Button variant="default" onClick={() => setNarrowing(true)}>
        Ask for less …
      </Button>
      {narrowing ? <NarrowDialog approval={approval} onClose={() => setNarrowing(false)} /> : null}
    </>
  );
}

function RenewButton({ approval: { summary } }: { approval: ApprovalDetail }) {
  const renew = useAction({
    run: () => renewApproval(summary.id),
    refresh: [keys.approvals],
    done: () => toastDone('Approvers are asked anew', summary.title),
  });
  return (
    <Button loading={renew.isPending} onClick={() => renew.mutate()}>
      Ask anew
    </Button>
  );
}
