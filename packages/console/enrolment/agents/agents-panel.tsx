import { Alert, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { AgentUpdateStatus } from '@thimble/protocol';
import { agentUpdatesQuery } from '../../api/agent-updates.ts';
import { EmptyState } from '../../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../../feedback/loaded.tsx';
import { Panel } from '../../shell/panel.tsx';
import { DataTable } from '../../tables/data-table.tsx';
import { GIVEN_UP_COLUMNS } from './given-up-columns.tsx';
import { RunningVersions } from './running-versions.tsx';
import { VersionCard } from './version-card.tsx';

type GivenUp = AgentUpdateStatus['givenUp'][number];
const idOf = ({ endpointId, version }: GivenUp): string => `${endpointId} ${version}`;
const nameOf = ({ hostname }: GivenUp): string => hostname;

/** Who runs which version of the agent, how a new one does, and who went back. */
export function AgentsPanel() {
  const query = useQuery(agentUpdatesQuery);
  return (
    <Panel
      title="Agents"
      note="New versions advance by themselves, canaries first, and stop when one endpoint goes back"
    >
      <Loaded query={query} skeleton={<LinesSkeleton lines={3} />}>
        {(status) => (
          <Stack gap="md">
            {status.reason === null ? null : (
              <Alert variant="light" color="orange" title="The repository of agents is refused">
                {status.reason}
              </Alert>
            )}
            <RunningVersions running={status.running} />
            {status.versions.length === 0 ? (
              <EmptyState title="No new version">{whyNone(status)}</EmptyState>
            ) : (
              status.versions.map((version) => (
                <VersionCard key={version.version} version={version} soakHours={status.soakHours} />
              ))
            )}
            {status.givenUp.length === 0 ? null : (
              <DataTable
                label="Endpoints that went back"
                columns={GIVEN_UP_COLUMNS}
                rows={status.givenUp}
                rowId={idOf}
                rowName={nameOf}
                empty={<Text size="sm">Nobody went back.</Text>}
              />
            )}
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}

function whyNone({ canaryPercent, repository, takers }: AgentUpdateStatus): string {
  if (canaryPercent === 0) return 'Nobody is told of new versions: agent-canary-percent is 0.';
  if (repository === 'absent') return 'This server has no repository of agents: agent-updates names its folder.';
  if (takers === 0) return 'No endpoint has the root of a repository, so none takes updates.';
  return 'What the repository offers runs everywhere.';
}
