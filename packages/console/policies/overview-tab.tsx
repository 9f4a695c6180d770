import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { PolicyDetail } from '@thimble/protocol';
import { Facts } from '../endpoints/facts.tsx';
import { Ago } from '../format/moment.tsx';
import { Panel } from '../shell/panel.tsx';
import { ClientsPanel } from './clients/clients-panel.tsx';
import { EffectFacts } from './effect/effect-facts.tsx';
import { NextWindows } from './effect/next-windows.tsx';
import { RingsPreview } from './effect/rings-preview.tsx';
import { ProblemList } from './editor/problem-list.tsx';
import classes from './policies.module.css';

/** What the policy means for the fleet as it is now. */
export function OverviewTab({ detail }: { detail: PolicyDetail }) {
  const { summary, effect, warnings, clients } = detail;
  return (
    <div className={classes['overview']}>
      {warnings.length === 0 ? null : (
        <div className={classes['wide']}>
          <Panel title="Doubts">
            <ProblemList problems={warnings} kind="warning" />
          </Panel>
        </div>
      )}
      {clients === null ? null : (
        <div className={classes['wide']}>
          <ClientsPanel clients={clients} enforced={summary.clients === 'enforced'} />
        </div>
      )}
      <Panel title="Rings" note="In this order; each is watched before the next one begins">
        <RingsPreview effect={effect} />
      </Panel>
      <Panel title="Next windows">
        <NextWindows windows={effect.nextWindows} anyTime={summary.windowsInWords.length === 0} />
      </Panel>
      <Panel title="What it does now">
        <Facts
          facts={[
            ['Priority', String(summary.priority)],
            ['Windows', summary.windowsInWords.length === 0 ? 'any time' : summary.windowsInWords.join('; ')],
            ['Starts by itself', <Ago key="start" at={summary.nextStartAt} fallback="never: somebody starts it" />],
            [
              'Under way',
              summary.activeRollout === null ? (
                'nothing'
              ) : (
                <Anchor
                  key="rollout"
                  component={Link}
                  to={`/rollouts/${summary.activeRollout.id}`}
                  size="sm"
                  underline="always"
                >
                  {summary.activeRollout.name}
                </Anchor>
              ),
            ],
          ]}
        />
      </Panel>
      <Panel title="What it takes now">
        <EffectFacts effect={effect} />
      </Panel>
    </div>
  );
}
