import { Loader, Text } from '@mantine/core';
import type { PolicyValidation } from '@thimble/protocol';
import { ProblemPanel } from '../../feedback/problem-panel.tsx';
import { plural } from '../../format/quantity.ts';
import { Panel } from '../../shell/panel.tsx';
import { EffectFacts } from '../effect/effect-facts.tsx';
import { NextWindows } from '../effect/next-windows.tsx';
import { RingsPreview } from '../effect/rings-preview.tsx';
import { ProblemList } from './problem-list.tsx';
import classes from '../policies.module.css';

interface EffectSideProps {
  readonly validation: PolicyValidation | undefined;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onShow: ((line: number) => void) | undefined;
}

const WINDOWS_SHOWN = 6;

/** Beside what is written: what is wrong with it, and what it would mean for the fleet as it is now. */
export function EffectSide({ validation, pending, error, onShow }: EffectSideProps) {
  return (
    <div className={classes['side']} aria-busy={pending} tabIndex={0} role="region" aria-label="Effect of the policy">
      <div role="status" className={classes['dim']}>
        {pending ? <Loader size={12} mr={6} aria-hidden /> : null}
        {verdictOf(validation, pending)}
      </div>
      {error === null || validation !== undefined ? null : <ProblemPanel error={error} />}
      {validation === undefined || validation.problems.length === 0 ? null : (
        <Panel title="Problems">
          <ProblemList problems={validation.problems} kind="problem" onShow={onShow} />
        </Panel>
      )}
      {validation === undefined || validation.warnings.length === 0 ? null : (
        <Panel title="Doubts">
          <ProblemList problems={validation.warnings} kind="warning" onShow={onShow} />
        </Panel>
      )}
      {validation === undefined || validation.effect === null ? (
        <Text size="sm" c="dimmed">
          What it would mean shows here when it can be read.
        </Text>
      ) : (
        <>
          <Panel title="Whom its rings take">
            <RingsPreview effect={validation.effect} />
          </Panel>
          <Panel title="What it would take now">
            <EffectFacts effect={validation.effect} />
          </Panel>
          <Panel title="Next windows">
            <NextWindows
              windows={validation.effect.nextWindows.slice(0, WINDOWS_SHOWN)}
              anyTime={validation.document?.windows === undefined}
            />
          </Panel>
        </>
      )}
    </div>
  );
}

function verdictOf(validation: PolicyValidation | undefined, pending: boolean): string {
  if (pending || validation === undefined) return 'Checking …';
  if (validation.valid) return 'It can be saved.';
  return `${plural(validation.problems.length, 'problem')} to mend before it can be saved.`;
}
