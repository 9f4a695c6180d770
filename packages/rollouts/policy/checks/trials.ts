import type { TrialDocument } from '@thimble/protocol';
import type { Static } from 'typebox';
import { warningAt, type Finding, type Path } from '../document/finding.ts';
import type { PolicyCheck } from './check.ts';

type Trial = Static<typeof TrialDocument>;

/** What is written about trials counts. */
export const checkTrials: PolicyCheck = function* ({ trial = {}, rings = [] }) {
  yield* trialFindings(trial, trial, ['trial']);
  for (const [index, ring] of rings.entries())
    if (ring.trial !== undefined)
      yield* trialFindings(ring.trial, { ...trial, ...ring.trial }, ['rings', index, 'trial']);
};

function* trialFindings(own: Trial, effective: Trial, path: Path): Iterable<Finding> {
  if (own.first !== undefined && effective.mode !== 'first')
    yield warningAt([...path, 'first'], '`first` counts with `mode: first` alone');
  if (own.checks !== undefined && effective.mode === 'none')
    yield warningAt([...path, 'checks'], 'no check is run: `mode: none` makes no trial');
}
