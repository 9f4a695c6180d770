import { Button, Group, Stack } from '@mantine/core';
import { IconBuildings, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Organisation } from '@thimble/protocol';
import { useState } from 'react';
import { useMay } from '../api/access-queries.ts';
import { organisationsQuery } from '../api/organisation-queries.ts';
import { sessionQuery } from '../api/queries.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Page } from '../shell/page.tsx';
import { Panel } from '../shell/panel.tsx';
import { ArchivedPanel } from './archived-panel.tsx';
import { FailureSharingPanel } from './failure-sharing-panel.tsx';
import { NameDialog } from './name-dialog.tsx';
import { OrganisationTree } from './organisation-tree.tsx';
import { toTree } from './tree.ts';

/** A provider's organisation and its clients: made, renamed, ended and brought back. */
export function OrganisationsPage() {
  const query = useQuery(organisationsQuery);
  const session = useQuery(sessionQuery).data;
  const mayChange = useMay('organisation:write');
  const [creating, setCreating] = useState(false);
  return (
    <Page
      title="Organisations"
      description="A provider has clients below it, and a client may have parts of its own. Endpoints, policies, people and evidence belong to one of them, and nobody sees another’s."
      actions={
        <Group gap="xs">
          {(query.data?.items.length ?? 0) > 1 ? (
            <Button
              variant="default"
              component={Link}
              to="/clients"
              leftSection={<IconBuildings size={16} aria-hidden />}
            >
              How they stand
            </Button>
          ) : null}
          <Button
            leftSection={<IconPlus size={16} aria-hidden />}
            disabled={!mayChange}
            title={mayChange ? undefined : 'This needs the permission organisation:write'}
            onClick={() => setCreating(true)}
          >
            New client …
          </Button>
        </Group>
      }
    >
      <Stack gap="md">
        <Panel
          title="Organisations in which you have a role"
          note={
            mayChange
              ? 'You change those below the one in which you act'
              : 'To change them you need the permission organisation:write'
          }
          flush
        >
          <Loaded query={query} skeleton={<LinesSkeleton lines={5} />}>
            {({ items }) =>
              session === undefined ? null : (
                <OrganisationTree nodes={toTree(items)} session={session} mayChange={mayChange} />
              )
            }
          </Loaded>
        </Panel>
        {session === undefined || !isRelated(query.data?.items ?? []) ? null : (
          <FailureSharingPanel organisation={session.organisation.name} />
        )}
        {mayChange ? <ArchivedPanel /> : null}
      </Stack>
      {creating && session !== undefined ? (
        <NameDialog kind="create" organisation={session.organisation} onClose={() => setCreating(false)} />
      ) : null}
    </Page>
  );
}

/** Who has neither clients nor a provider has nobody to share with. */
function isRelated(organisations: readonly Organisation[]): boolean {
  return organisations.length > 1 || organisations.some(({ parentId }) => parentId !== null);
}
