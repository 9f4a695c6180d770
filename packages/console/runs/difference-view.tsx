import type { TransactionDifference } from '@thimble/protocol';
import type { Tone } from '../states/endpoint-states.ts';
import { Tag } from '../states/state-badge.tsx';
import { differenceLines, type DifferenceLine } from './difference.ts';
import classes from './runs.module.css';

const WORDS: Readonly<Record<DifferenceLine['kind'], { readonly label: string; readonly tone: Tone }>> = {
  unapproved: { label: 'Would also change', tone: 'danger' },
  changed: { label: 'Differs', tone: 'notice' },
  missing: { label: 'Would not change', tone: 'quiet' },
};

/** How the endpoint's own transaction differs from what was approved. */
export function DifferenceView({ difference }: { difference: TransactionDifference }) {
  return (
    <div role="region" aria-label="Difference from the approved transaction" tabIndex={0} style={{ overflowX: 'auto' }}>
      <table className={classes['difference']}>
        <thead>
          <tr>
            <th scope="col">Package</th>
            <th scope="col">Difference</th>
            <th scope="col">Approved</th>
            <th scope="col">The endpoint would</th>
          </tr>
        </thead>
        <tbody>
          {differenceLines(difference).map((line) => (
            <tr key={`${line.kind} ${line.name}`}>
              <th scope="row">{line.name}</th>
              <td>
                <Tag tone={WORDS[line.kind].tone}>{WORDS[line.kind].label}</Tag>
              </td>
              <td className="mono">{line.approved}</td>
              <td className="mono">{line.actual}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
