import { Anchor, Button, Group, Text, Title } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconHourglass } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { RolloutDetail, RolloutRing } from '@thimble/protocol';
import { useState, type ReactNode } from 'react';
import { Ago } from '../format/moment.tsx';
import { plural } from '../format/quantity.ts';
import { formatDuration } from '../format/time.ts';
import { MEMBER_OUTCOME_ORDER, MEMBER_OUTCOMES, RING_STATES } from '../states/rollout-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import { DecisionDialog } from './decisions/decision-dialog.tsx';
import { ringsFor } from './decisions/decision-words.ts';
import classes from './rollouts.module.css';

/** One ring: its endpoints by outcome, and its gate with every condition. */
export function RingCard({ rollout, ring }: { rollout: RolloutDetail; ring: RolloutRing }) {
  const [decision, setDecision] = useState<'approve' | 'skip-gate'>();
  const can = (action: 'approve' | 'skip-gate'): boolean =>
    rollout.actions.includes(action) && ringsFor(action, rollout).some(({ name }) => name === ring.name);
  return (
    <section className={classes['ring']} aria-label={`Ring ${ring.name}`} data-tone={RING_STATES[ring.state].tone}>
      <div className={classes['ringHead']}>
        <Title order={2} fz="0.95rem">
          {ring.name}
        </Title>
        <StateBadge look={RING_STATES[ring.state]} />
      </div>
      {ring.explanation === '' ? null : <div className={classes['ringWhy']}>{ring.explanation}</div>}
      <Outcomes rollout={rollout} ring={ring} />
      <Conditions ring={ring} />
      {can('approve') || can('skip-gate') ? (
        <Group gap="xs" className={classes['ringFoot']}>
          {can('approve') ? (
            <Button size="compact-sm" onClick={() => setDecision('approve')} aria-label={`Approve ring ${ring.name} …`}>
              Approve …
            </Button>
          ) : null}
          {can('skip-gate') ? (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => setDecision('skip-gate')}
              aria-label={`Skip gate of ${ring.name} …`}
            >
              Skip gate …
            </Button>
          ) : null}
        </Group>
      ) : null}
      {decision === undefined ? null : (
        <DecisionDialog rollout={rollout} decision={decision} ring={ring.name} onClose={() => setDecision(undefined)} />
      )}
    </section>
  );
}

function Outcomes({ rollout, ring }: { rollout: RolloutDetail; ring: RolloutRing }) {
  const shown = MEMBER_OUTCOME_ORDER.filter((outcome) => ring.counts[outcome] > 0);
  return (
    <div>
      <div className={classes['counts']} aria-hidden>
        {shown.map((outcome) => (
          <span key={outcome} data-tone={MEMBER_OUTCOMES[outcome].tone} style={{ flexGrow: ring.counts[outcome] }} />
        ))}
      </div>
      <Text size="xs" c="dimmed" mt={6} mb={2}>
        {plural(ring.memberCount, 'endpoint')}
      </Text>
      <ul className={classes['countWords']}>
        {shown.map((outcome) => (
          <li key={outcome} data-tone={MEMBER_OUTCOMES[outcome].tone} title={MEMBER_OUTCOMES[outcome].meaning}>
            <Anchor
              component={Link}
              to={`/rollouts/${rollout.summary.id}?ring=${ring.name}&outcome=${outcome}`}
              hash="endpoints"
              c="inherit"
              fz="inherit"
              underline="always"
            >
              {ring.counts[outcome]} {MEMBER_OUTCOMES[outcome].label.toLowerCase()}
            </Anchor>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What its gate asks for besides its endpoints' success. */
function Conditions({ ring }: { ring: RolloutRing }) {
  const { soakSeconds, approvals, probes, passedAt, skippedBy } = ring;
  return (
    <ul className={classes['conditions']}>
      {soakSeconds === 0 ? null : (
        <Condition met={passedAt !== null || ring.state === 'gate'} waits>
          Soaks for {formatDuration(soakSeconds * 1000)} after its last endpoint
        </Condition>
      )}
      {approvals.required === 0 ? null : (
        <Condition met={approvals.by.length >= approvals.required} waits>
          {approvals.by.length} of {plural(approvals.required, 'approval')}
          {approvals.by.length === 0 ? '' : `: ${approvals.by.join(', ')}`}
        </Condition>
      )}
      {probes.map(({ name, bound, value, passed, message, at }) => (
        <Condition key={name} met={passed} waits={value === null}>
          {name}: {value === null ? message : `${value}, wants ${bound}`}
          {at === null ? null : (
            <span className={classes['conditionNote']}>
              {' '}
              (<Ago at={at} />)
            </span>
          )}
        </Condition>
      ))}
      {passedAt === null ? (
        ring.predictedPassesAt === null ? null : (
          <Condition met={false} waits>
            Passes <Ago at={ring.predictedPassesAt} />, as far as the plan can say
          </Condition>
        )
      ) : (
        <Condition met>
          Passed <Ago at={passedAt} />
          {skippedBy === null ? '' : ` by hand of ${skippedBy}`}
        </Condition>
      )}
    </ul>
  );
}

function Condition({ met, waits = false, children }: { met: boolean; waits?: boolean; children: ReactNode }) {
  const [Icon, tone, words] = met
    ? ([IconCircleCheck, 'good', 'met'] as const)
    : waits
      ? ([IconHourglass, 'wait', 'waits'] as const)
      : ([IconCircleX, 'danger', 'not met'] as const);
  return (
    <li data-tone={tone}>
      <Icon size={15} aria-label={words} role="img" />
      <span>{children}</span>
    </li>
  );
}
