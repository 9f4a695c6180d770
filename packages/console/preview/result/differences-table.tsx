import type { SimulationDifference } from '@thimble/protocol';
import { formatBytes } from '../../format/quantity.ts';
import { StateBadge } from '../../states/state-badge.tsx';
import classes from './result.module.css';

const LOOKS = {
  better: { label: 'Better', tone: 'good', meaning: 'than as it is' },
  worse: { label: 'Worse', tone: 'danger', meaning: 'than as it is' },
  same: { label: 'Same', tone: 'quiet', meaning: 'both times' },
  different: { label: 'Different', tone: 'quiet', meaning: 'neither better nor worse' },
} as const;
const shown = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** Every figure of both, and which is better. */
export function DifferencesTable({ differences }: { differences: readonly SimulationDifference[] }) {
  if (differences.length === 0) return null;
  return (
    <div style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label="Differences">
      <table className={classes['differences']}>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" data-numeric>
              As it is
            </th>
            <th scope="col" data-numeric>
              With this
            </th>
            <th scope="col">Which is</th>
          </tr>
        </thead>
        <tbody>
          {differences.map(({ what, before, after, better, words }) => (
            <tr key={what} title={words}>
              <th scope="row">{what}</th>
              <td data-numeric>{inWords(what, before)}</td>
              <td data-numeric>{inWords(what, after)}</td>
              <td>
                <StateBadge
                  look={
                    LOOKS[better === null ? (before === after ? 'same' : 'different') : better ? 'better' : 'worse']
                  }
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inWords(what: string, value: number | null): string {
  if (value === null) return '–';
  return what.startsWith('bytes') ? formatBytes(value) : shown.format(value);
}
