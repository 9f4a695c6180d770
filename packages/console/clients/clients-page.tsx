import { Button, Skeleton, Stack, Switch, Text } from '@mantine/core';
import { IconBuildings, IconDownload, IconSitemap } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ClientState, Session } from '@thimble/protocol';
import { clientStatesQuery } from '../api/organisation-queries.ts';
import { sessionQuery } from '../api/queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { Loaded } from '../feedback/loaded.tsx';
import { toCsv } from '../format/csv.ts';
import { downloadFile } from '../format/download.ts';
import { plural } from '../format/quantity.ts';
import { toTree } from '../organisations/tree.ts';
import { Page } from '../shell/page.tsx';
import { mayOpen } from '../shell/page-permission.ts';
import { DataTable } from '../tables/data-table.tsx';
import { SearchInput } from '../tables/search-input.tsx';
import { Toolbar } from '../tables/toolbar.tsx';
import { CLIENT_COLUMNS, CLIENT_CSV_HEADER, clientCsvRow, type ClientRow, needsAttention } from './client-columns.tsx';
import { ClientFigures } from './client-figures.tsx';

const route = getRouteApi('/frame/clients');

/** How every organisation stands that the reader oversees, side by side. */
export function ClientsPage() {
  const states = useQuery(clientStatesQuery);
  const session = useQuery(sessionQuery).data;
  return (
    <Page
      title="Clients"
      description="How each organisation stands whose endpoints you may all see. A name or a number leads into that organisation."
      actions={
        session !== undefined && mayOpen(session, '/organisations') ? (
          <Button
            variant="default"
            component={Link}
            to="/organisations"
            leftSection={<IconSitemap size={16} aria-hidden />}
          >
            Organisations
          </Button>
        ) : null
      }
    >
      <Loaded query={states} skeleton={<Skeleton height={420} />}>
        {({ items }) => (
          <Stack gap="md">
            <ClientFigures states={items} />
            <ClientTable rows={rowsOf(items, session)} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function rowsOf(states: readonly ClientState[], session: Session | undefined): readonly ClientRow[] {
  const stateOf = new Map(states.map((state) => [state.organisation.id, state]));
  return toTree(states.map(({ organisation }) => organisation)).flatMap(({ organisation: { id }, above }) => {
    const state = stateOf.get(id);
    return state === undefined ? [] : [{ ...state, above, addressId: id === session?.home.id ? undefined : id }];
  });
}

function ClientTable({ rows }: { rows: readonly ClientRow[] }) {
  const { search = '', show } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (next: { search?: string | undefined; show?: 'attention' | undefined }): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  const wanted = search.toLowerCase();
  const shown = rows.filter(
    (row) =>
      [row.organisation.name, ...row.above].some((name) => name.toLowerCase().includes(wanted)) &&
      (show !== 'attention' || needsAttention(row)),
  );
  return (
    <div>
      <Toolbar
        end={
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            disabled={shown.length === 0}
            onClick={() => downloadFile('clients.csv', 'text/csv', toCsv(CLIENT_CSV_HEADER, shown.map(clientCsvRow)))}
          >
            Export CSV
          </Button>
        }
      >
        <SearchInput
          label="Search clients"
          value={search}
          onChange={(value) => change({ search: value === '' ? undefined : value })}
        />
        <Switch
          label="Only what needs somebody"
          checked={show === 'attention'}
          onChange={(event) => change({ show: event.currentTarget.checked ? 'attention' : undefined })}
        />
      </Toolbar>
      <Text size="sm" c="dimmed" mb="xs" role="status">
        {plural(shown.length, 'organisation')}
      </Text>
      <DataTable
        label="Clients"
        columns={CLIENT_COLUMNS}
        rows={shown}
        rowId={idOf}
        rowName={nameOf}
        empty={
          <EmptyState icon={<IconBuildings size={34} stroke={1.5} />} title="No organisation">
            {rows.length === 0
              ? 'There is none whose endpoints you may all see.'
              : 'None is called so, or none needs somebody.'}
          </EmptyState>
        }
      />
    </div>
  );
}

const idOf = ({ organisation }: ClientRow): string => organisation.id;
const nameOf = ({ organisation }: ClientRow): string => organisation.name;
