import { Button, Group } from '@mantine/core';
import type { EnrolmentToken } from '@thimble/protocol';
import { tagsOf } from '../endpoints/labels.ts';
import { Ago } from '../format/moment.tsx';
import { formatCount } from '../format/quantity.ts';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';

export function tokenColumns(revoke: (token: EnrolmentToken) => void): readonly Column<EnrolmentToken>[] {
  return [
    { id: 'name', header: 'Name', title: true, width: '20%', sortKey: ({ name }) => name, cell: ({ name }) => name },
    { id: 'scope', header: 'Gives and demands', wide: true, cell: (token) => <Scope token={token} /> },
    {
      id: 'uses',
      header: 'Uses',
      width: '6.5rem',
      numeric: true,
      sortKey: ({ useCount }) => useCount,
      cell: ({ useCount, maximumUses }) =>
        `${formatCount(useCount)}${maximumUses === null ? '' : ` of ${formatCount(maximumUses)}`}`,
    },
    { id: 'used', header: 'Last used', width: '8.5rem', from: 'lg', cell: ({ lastUsedAt }) => <Ago at={lastUsedAt} /> },
    {
      id: 'expires',
      header: 'Ends',
      width: '8.5rem',
      sortKey: ({ expiresAt }) => expiresAt,
      cell: ({ expiresAt }) => (expiresAt === null ? 'never' : <Ago at={expiresAt} />),
    },
    {
      id: 'revoke',
      header: '',
      width: '6.5rem',
      cell: (token) => (
        <Button
          variant="subtle"
          size="compact-sm"
          c="var(--mantine-color-error)"
          onClick={() => revoke(token)}
          aria-label={`Revoke ${token.name}`}
        >
          Revoke
        </Button>
      ),
    },
  ];
}

function Scope({ token }: { token: EnrolmentToken }) {
  const { labels, groups, site, networks, approve } = token;
  const words = [
    ...tagsOf(labels),
    ...groups.map((group) => `group ${group}`),
    ...(site === '' ? [] : [`site ${site}`]),
    ...networks.map((network) => `from ${network}`),
  ];
  if (words.length === 0 && !approve) return 'nothing: from anywhere';
  return (
    <Group gap={6}>
      {approve ? <Tag tone="wait">approval</Tag> : null}
      {words.map((word) => (
        <Tag key={word} tone="quiet">
          {word}
        </Tag>
      ))}
    </Group>
  );
}
