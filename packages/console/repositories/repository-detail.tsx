import { Button, Code, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type {
  ContentFaultReport,
  RepositoryDetail as Detail,
  RepositorySummary,
  RevisionSummary,
} from '@thimble/protocol';
import { syncRepository } from '../api/content-actions.ts';
import { repositoryQuery } from '../api/content-queries.ts';
import { keys } from '../api/keys.ts';
import { Facts } from '../endpoints/facts.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Ago } from '../format/moment.tsx';
import { formatBytes, formatCount, plural } from '../format/quantity.ts';
import { formatMoment } from '../format/time.ts';
import { FAULT_SIDES, faultInWords } from '../states/content-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import { KeyView } from './key-view.tsx';
import { RevisionBars } from './revision-bars.tsx';
import classes from './repositories.module.css';

/** All that is known of one repository: whose keys vouch for it, what went wrong, and its frozen states. */
export function RepositoryDetail({ repository }: { repository: RepositorySummary }) {
  const query = useQuery(repositoryQuery(repository.id));
  return (
    <div className={classes['detail']}>
      <Stack gap="sm">
        <Text size="sm">{repository.explanation}</Text>
        <Loaded query={query} skeleton={<LinesSkeleton lines={3} />}>
          {(detail) => <Faults detail={detail} />}
        </Loaded>
        <div>
          <Text size="sm" fw={550}>
            {repository.keys.length === 0 ? 'No key vouches for its metadata' : 'Keys that vouch for it'}
          </Text>
          {repository.keys.map((key) => (
            <KeyView key={key.fingerprint} shown={key} />
          ))}
        </div>
        <Facts
          facts={[
            ['Addresses', <Addresses key="addresses" repository={repository} />],
            ['Architectures', repository.architectures.join(', ')],
            [
              'Signed',
              repository.signature === 'metadata' ? 'its index, which vouches for packages' : 'each package by itself',
            ],
            ['Configured on', plural(repository.endpointCount, 'endpoint')],
            ['Every', `${formatCount(repository.intervalHours)} h`],
            ['Next check', repository.nextAt === null ? 'not planned' : formatMoment(repository.nextAt)],
            ['Added', `${formatMoment(repository.addedAt)} by ${repository.addedBy}`],
          ]}
        />
      </Stack>
      <Loaded query={query} skeleton={<LinesSkeleton lines={5} />}>
        {({ revisions }) => <Revisions name={repository.name} revisions={revisions} />}
      </Loaded>
    </div>
  );
}

function Addresses({ repository: { uris, mirrorList } }: { repository: RepositorySummary }) {
  return (
    <>
      {[...uris, ...(mirrorList === null ? [] : [mirrorList])].map((address) => (
        <code key={address} style={{ display: 'block', overflowWrap: 'anywhere' }}>
          {address}
        </code>
      ))}
    </>
  );
}

function Faults({ detail: { faults, summary } }: { detail: Detail }) {
  const open = faults.filter(({ resolvedAt }) => resolvedAt === null);
  const past = faults.filter(({ resolvedAt }) => resolvedAt !== null);
  return (
    <>
      {open.map((fault) => (
        <Fault key={fault.id} fault={fault} repositoryId={summary.id} />
      ))}
      {past.length === 0 ? null : (
        <Text size="sm" c="dimmed">
          Resolved before:{' '}
          {past
            .slice(0, 4)
            .map(({ code, lastAt }) => `${code} (${formatMoment(lastAt)})`)
            .join(', ')}
          {past.length > 4 ? ` and ${past.length - 4} more` : ''}
        </Text>
      )}
    </>
  );
}

function Fault({ fault, repositoryId }: { fault: ContentFaultReport; repositoryId: string }) {
  const accept = useAction({
    run: () => syncRepository(repositoryId, { acceptFaultId: fault.id }),
    refresh: [keys.content],
    done: () => toastDone('This very state is taken', 'The next different one is refused again.'),
  });
  return (
    <div className={classes['fault']} data-tone={FAULT_SIDES[fault.side].tone} role="note">
      <StateBadge look={FAULT_SIDES[fault.side]} /> <b>{faultInWords(fault.code)}</b>{' '}
      <Text span size="xs" c="dimmed">
        <Code>{fault.code}</Code> {plural(fault.count, 'time')}, last <Ago at={fault.lastAt} />
      </Text>
      <Text size="sm" mt={4}>
        {fault.message}
      </Text>
      <Text size="xs" c="dimmed" mt={4}>
        Nothing of it was taken: the last good revision serves.
      </Text>
      {fault.acceptable ? (
        <Button size="compact-xs" variant="default" mt={6} loading={accept.isPending} onClick={() => accept.mutate()}>
          Take this state all the same
        </Button>
      ) : null}
    </div>
  );
}

interface RevisionsProps {
  /** Of their repository. */
  readonly name: string;
  readonly revisions: readonly RevisionSummary[];
}

function Revisions({ name, revisions }: RevisionsProps) {
  if (revisions.length === 0)
    return (
      <Text size="sm" c="dimmed">
        Nothing was frozen yet.
      </Text>
    );
  return (
    <div style={{ minWidth: 0 }}>
      <RevisionBars revisions={revisions} />
      <RevisionLines name={name} revisions={revisions} />
    </div>
  );
}

function RevisionLines({ name, revisions }: RevisionsProps) {
  return (
    <Table.ScrollContainer
      minWidth={340}
      maxHeight={320}
      type="native"
      tabIndex={0}
      role="region"
      aria-label={`Revisions of ${name}`}
    >
      <Table fz="sm" stickyHeader verticalSpacing={5} className={`tabular ${classes['revisions'] ?? ''}`}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th ta="end">Revision</Table.Th>
            <Table.Th>Of</Table.Th>
            <Table.Th ta="end">New</Table.Th>
            <Table.Th ta="end">Gone</Table.Th>
            <Table.Th ta="end">Stored</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {revisions.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td ta="end" title={`${one.metadataPath}: ${one.metadataSha256}`}>
                {one.sequence}
              </Table.Td>
              <Table.Td title={`frozen ${formatMoment(one.createdAt)}`}>
                {formatMoment(one.date ?? one.createdAt)}
              </Table.Td>
              <Table.Td ta="end">{formatCount(one.addedCount)}</Table.Td>
              <Table.Td ta="end">{formatCount(one.removedCount)}</Table.Td>
              <Table.Td ta="end">{formatBytes(one.storedBytes)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
