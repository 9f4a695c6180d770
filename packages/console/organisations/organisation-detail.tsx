import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import type { Grant, Organisation, Session } from '@thimble/protocol';
import { addressIn } from '../api/organisation-here.ts';
import { organisationGrantsQuery } from '../api/organisation-queries.ts';
import { problemOf } from '../feedback/problem-of.ts';
import { writeLabels } from '../people/labels-text.ts';
import { Tag } from '../states/state-badge.tsx';
import type { TreeNode } from './tree.ts';

/** What an organisation has of its own, each on a page of its own. */
const SETTINGS = [
  ['/people', 'People and roles'],
  ['/sign-in-settings', 'Sign-in'],
  ['/enrolment', 'Enrolment'],
  ['/policies', 'Policies'],
  ['/approvals', 'Approvers'],
  ['/evidence', 'Evidence'],
] as const;

interface OrganisationDetailProps {
  readonly organisation: Organisation;
  readonly nodes: readonly TreeNode[];
  readonly session: Session;
}

/** Who may act in an organisation, by roles of its own and by those that come from above, and where its settings are. */
export function OrganisationDetail({ organisation, nodes, session }: OrganisationDetailProps) {
  const addressId = organisation.id === session.home.id ? undefined : organisation.id;
  return (
    <Stack gap="sm" p="xs">
      <Access line={lineOf(organisation, nodes)} />
      <Group gap="md">
        <Text size="sm" fw={600}>
          Its own
        </Text>
        {SETTINGS.map(([page, label]) => (
          <Anchor key={page} href={addressIn(addressId, page)} size="sm">
            {label}
          </Anchor>
        ))}
      </Group>
    </Stack>
  );
}

/** It, then those above it as far as the reader sees them. */
function lineOf(organisation: Organisation, nodes: readonly TreeNode[]): readonly Organisation[] {
  const above = nodes.find((node) => node.organisation.id === organisation.parentId);
  return above === undefined ? [organisation] : [organisation, ...lineOf(above.organisation, nodes)];
}

interface Held {
  readonly key: string;
  readonly person: string;
  readonly role: string;
  /** undefined: given in the organisation itself. */
  readonly from: string | undefined;
}

function Access({ line }: { line: readonly Organisation[] }) {
  const answers = useQueries({ queries: line.map(({ id }) => organisationGrantsQuery(id)) });
  const refused = answers.find(({ error }) => error !== null)?.error;
  const held = line.flatMap((organisation, index) =>
    (answers[index]?.data?.items ?? []).flatMap(({ personId, name, grants }) =>
      grants
        .filter(({ includeClients }) => index === 0 || includeClients)
        .map((grant): Held => ({
          key: `${organisation.id} ${personId} ${grant.roleId} ${writeLabels(grant.labels)}`,
          person: name,
          role: wordsOf(grant),
          from: index === 0 ? undefined : organisation.name,
        })),
    ),
  );
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        Who has access
      </Text>
      <Stack gap={4}>
        {held.map(({ key, person, role, from }) => (
          <Text key={key} component="div" size="sm">
            {person} <Tag tone="quiet">{role}</Tag>
            {from === undefined ? null : (
              <Text span size="xs" c="dimmed">
                {' '}
                from {from}, holds in clients
              </Text>
            )}
          </Text>
        ))}
      </Stack>
      <Text size="sm" c="dimmed" role="status">
        {answers.some(({ isPending }) => isPending)
          ? 'Asking …'
          : refused == null
            ? held.length === 0
              ? 'Nobody.'
              : ''
            : `Not all of it is shown: ${problemOf(refused).detail ?? problemOf(refused).title}`}
      </Text>
    </div>
  );
}

function wordsOf({ roleName, labels }: Grant & { readonly roleName: string }): string {
  return labels === null ? roleName : `${roleName} on ${writeLabels(labels)}`;
}
