import { Button, Group, Stack, Text, Title } from '@mantine/core';
import type { EvidenceExport } from '@thimble/protocol';
import { testExport } from '../../api/evidence-queries.ts';
import { keys } from '../../api/keys.ts';
import { Facts } from '../../endpoints/facts.tsx';
import { useAction } from '../../feedback/use-action.ts';
import { Ago } from '../../format/moment.tsx';
import { plural } from '../../format/quantity.ts';
import { Tag } from '../../states/state-badge.tsx';

interface CollectorCardProps {
  readonly collector: EvidenceExport;
  readonly mayChange: boolean;
  readonly onEdit: () => void;
  readonly onStop: () => void;
}

export function CollectorCard({ collector, mayChange, onEdit, onStop }: CollectorCardProps) {
  const test = useAction({ run: () => testExport(collector.name), refresh: [keys.evidence] });
  const { name, trouble } = collector;
  return (
    <Stack gap="xs" component="article" aria-label={name}>
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Title order={3} fz="0.95rem">
            {name}
          </Title>
          <State collector={collector} />
        </Group>
        {mayChange ? (
          <Group gap={4}>
            <Button
              variant="default"
              size="compact-sm"
              aria-label={`Test ${name}`}
              loading={test.isPending}
              onClick={() => test.mutate()}
            >
              Test
            </Button>
            <Button variant="default" size="compact-sm" aria-label={`Change ${name}`} onClick={onEdit}>
              Change …
            </Button>
            <Button
              variant="subtle"
              size="compact-sm"
              c="var(--mantine-color-error)"
              aria-label={`Stop ${name}`}
              onClick={onStop}
            >
              Stop …
            </Button>
          </Group>
        ) : null}
      </Group>
      <Facts facts={factsOf(collector)} />
      {trouble === null ? null : (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          Nothing arrives since <Ago at={trouble.since} />: {trouble.message}. It is tried again by itself, and nothing
          is lost.
        </Text>
      )}
      {test.data === undefined ? null : (
        <Text size="sm" role="status" style={{ overflowWrap: 'anywhere' }}>
          {test.data.problem === null
            ? `It has taken record ${test.data.sequence}, in ${test.data.tookMs} ms.`
            : `The test did not arrive: ${test.data.problem}`}
        </Text>
      )}
    </Stack>
  );
}

function State({ collector: { trouble, behind } }: Pick<CollectorCardProps, 'collector'>) {
  if (trouble !== null) return <Tag tone="danger">in trouble</Tag>;
  return behind === 0 ? <Tag tone="good">up to date</Tag> : <Tag tone="wait">{plural(behind, 'record')} behind</Tag>;
}

function factsOf(collector: EvidenceExport): readonly (readonly [string, React.ReactNode])[] {
  const { destination, format, hasSecret, sentThrough, behind, lastSentAt } = collector;
  const isSyslog = destination.kind === 'syslog';
  const own = isSyslog ? 'its client certificate' : 'an authorization';
  return [
    ['To', isSyslog ? `${destination.host}, port ${destination.port}` : destination.url],
    ['As', isSyslog ? `RFC 5424 over TLS, ${format === 'ocsf' ? 'OCSF' : 'text'}` : 'OCSF, lines of JSON over HTTPS'],
    [
      'Its certificate',
      destination.authorities === null ? 'by an authority that systems trust' : 'by a given authority',
    ],
    ['Knows this server by', hasSecret ? own : 'nothing'],
    [
      'Last sent',
      <>
        record {sentThrough}, <Ago at={lastSentAt} />
      </>,
    ],
    ['Behind', behind === 0 ? 'nothing' : plural(behind, 'record')],
  ];
}
