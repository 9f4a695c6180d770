import type { RunDetail, RunTarget } from '@thimble/protocol';
import { formatCount } from '../format/quantity.ts';
import { Tag } from '../states/state-badge.tsx';
import { rollbackOf } from './rollback.ts';
import classes from './runs.module.css';

export function RollbackPreview({ run, targets }: { run: RunDetail; targets: readonly RunTarget[] }) {
  return (
    <div
      className={classes['log']}
      tabIndex={0}
      role="region"
      aria-label="What goes back"
      style={{ marginTop: '0.8rem' }}
    >
      <table className={classes['difference']}>
        <thead>
          <tr>
            <th scope="col">Package</th>
            <th scope="col">Now</th>
            <th scope="col">Goes back to</th>
            <th scope="col">Endpoints</th>
          </tr>
        </thead>
        <tbody>
          {rollbackOf(run, targets).map((line) => (
            <tr key={`${line.name} ${line.now ?? ''} ${line.back ?? ''}`}>
              <th scope="row">{line.name}</th>
              <td>{line.now ?? 'removed'}</td>
              <td>
                {line.back ?? 'not installed'}{' '}
                {line.missing > 0 ? <Tag tone="notice">no kept file on {line.missing}</Tag> : null}
              </td>
              <td className="tabular">{formatCount(line.endpointCount)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
