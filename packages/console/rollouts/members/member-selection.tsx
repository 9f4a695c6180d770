import { Button } from '@mantine/core';
import type { RowSelectionState } from '@tanstack/react-table';
import type { RolloutDetail, RolloutMember } from '@thimble/protocol';
import { useState } from 'react';
import type { Decision } from '../../api/rollout-actions.ts';
import { plural } from '../../format/quantity.ts';
import { SelectionBar } from '../../tables/selection-bar.tsx';
import { DecisionDialog } from '../decisions/decision-dialog.tsx';
import { DECISION_WORDS } from '../decisions/decision-words.ts';

interface MemberSelectionProps {
  readonly rollout: RolloutDetail;
  readonly rows: readonly RolloutMember[];
  readonly selection: RowSelectionState;
  readonly onClear: () => void;
}

/** What can be decided of the selected endpoints alone. */
export function MemberSelection({ rollout, rows, selection, onClear }: MemberSelectionProps) {
  const [decision, setDecision] = useState<Decision>();
  const chosen = rows.filter(({ endpointId }) => selection[endpointId] === true);
  if (chosen.length === 0) return null;
  const possible: readonly (readonly [Decision, boolean])[] = [
    ['hold', rollout.summary.endedAt === null],
    ['release', chosen.some(({ hold }) => hold !== null)],
    ['retry', rollout.actions.includes('retry') && chosen.some(({ outcome }) => outcome === 'failed')],
    ['roll-back', rollout.actions.includes('roll-back')],
  ];
  return (
    <SelectionBar text={`${plural(chosen.length, 'endpoint')} selected`} onClear={onClear}>
      {possible.map(([one, can]) =>
        can ? (
          <Button
            key={one}
            size="xs"
            {...(DECISION_WORDS[one].danger ? { color: 'red.8' } : { variant: 'default' })}
            onClick={() => setDecision(one)}
          >
            {DECISION_WORDS[one].label} …
          </Button>
        ) : null,
      )}
      {decision === undefined ? null : (
        <DecisionDialog
          rollout={rollout}
          decision={decision}
          members={chosen.map(({ endpointId, hostname }) => ({ id: endpointId, hostname }))}
          onClose={() => setDecision(undefined)}
          onDone={onClear}
        />
      )}
    </SelectionBar>
  );
}
