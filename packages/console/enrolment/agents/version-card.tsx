import { Button, Group, Text } from '@mantine/core';
import type { AgentVersionDecision, AgentVersionState } from '@thimble/protocol';
import { decideAgentVersion } from '../../api/agent-updates.ts';
import { keys } from '../../api/keys.ts';
import { Permitted } from '../../feedback/permitted.tsx';
import { useAction } from '../../feedback/use-action.ts';
import { Ago } from '../../format/moment.tsx';
import { formatCount } from '../../format/quantity.ts';
import { StateBadge } from '../../states/state-badge.tsx';
import classes from './agents.module.css';
import { lookOfVersion, waveInWords } from './version-words.ts';

type Decision = AgentVersionDecision['decision'];

/** What a person may say about a version in each of its states. */
const DECISIONS: Readonly<Record<AgentVersionState['state'], readonly Decision[]>> = {
  'under-way': ['pause', 'advance', 'block'],
  paused: ['resume', 'block'],
  halted: ['resume', 'block'],
  blocked: ['resume'],
  finished: ['block'],
};
const WORDS: Readonly<Record<Decision, string>> = {
  pause: 'Pause',
  resume: 'Resume',
  advance: 'Next wave now',
  block: 'Block',
};

export function VersionCard({ version, soakHours }: { version: AgentVersionState; soakHours: number }) {
  const decide = useAction({
    run: (decision: Decision) => decideAgentVersion({ version: version.version, decision }),
    refresh: [keys.agentUpdates],
  });
  const last = version.wave >= version.waves - 1;
  const decisions = DECISIONS[version.state].filter((decision) => decision !== 'advance' || !last);
  const { counts } = version;
  return (
    <div className={classes['version']}>
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Text fw={600}>{version.version}</Text>
          <StateBadge look={lookOfVersion(version)} />
          <Text size="sm" c="dimmed">
            {waveInWords(version)}, since <Ago at={version.waveSince} />
          </Text>
        </Group>
        <Group gap="xs">
          {decisions.map((decision) => (
            <Permitted key={decision} needs="endpoints:write">
              <Button
                size="compact-sm"
                variant="default"
                loading={decide.isPending && decide.variables === decision}
                onClick={() => decide.mutate(decision)}
                aria-label={`${WORDS[decision]}: version ${version.version}`}
              >
                {WORDS[decision]}
              </Button>
            </Permitted>
          ))}
        </Group>
      </Group>
      {version.explanation === '' ? null : (
        <Text size="sm" mt={6} style={{ overflowWrap: 'anywhere' }}>
          {version.explanation}
        </Text>
      )}
      {counts === null ? null : (
        <Text size="sm" c="dimmed" mt={4}>
          {formatCount(counts.proven)} did well for {soakHours} hours · {formatCount(counts.soaking)} not for so long ·{' '}
          {formatCount(counts.taking)} run something older · {formatCount(counts.lost)} not heard any more
        </Text>
      )}
    </div>
  );
}
