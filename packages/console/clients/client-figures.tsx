import type { ClientState } from '@thimble/protocol';
import { formatCount, plural } from '../format/quantity.ts';
import { FigureContent, figureClasses, FigureGrid } from '../shell/figure.tsx';
import type { Tone } from '../states/endpoint-states.ts';

/** All of them together; each number also says in how many organisations. */
export function ClientFigures({ states }: { states: readonly ClientState[] }) {
  const figures: readonly (readonly [string, (state: ClientState) => number, Tone])[] = [
    ['Endpoints', (state) => state.endpointCount, 'quiet'],
    ['Exposed', (state) => state.exposedCount, 'notice'],
    ['Exploited', (state) => state.exploitedCount, 'danger'],
    ['Overdue', (state) => state.overdueCount, 'danger'],
    ['Halted rollouts', (state) => state.haltedRolloutCount, 'failed'],
    ['To approve', (state) => state.waitingApprovalCount, 'wait'],
  ];
  return (
    <FigureGrid dense>
      {figures.map(([label, of, tone]) => {
        const sum = states.reduce((all, state) => all + of(state), 0);
        const where = states.filter((state) => of(state) > 0).length;
        return (
          <div key={label} className={figureClasses.figure}>
            <FigureContent
              label={label}
              tone={sum > 0 ? tone : 'quiet'}
              value={formatCount(sum)}
              note={sum === 0 ? 'nowhere' : `in ${plural(where, 'organisation')}`}
            />
          </div>
        );
      })}
    </FigureGrid>
  );
}
