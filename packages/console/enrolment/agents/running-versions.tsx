import type { AgentUpdateStatus } from '@thimble/protocol';
import { formatCount } from '../../format/quantity.ts';
import classes from './agents.module.css';

/** How many endpoints run which version. */
export function RunningVersions({ running }: Pick<AgentUpdateStatus, 'running'>) {
  const most = Math.max(1, ...running.map(({ endpoints }) => endpoints));
  return (
    <ul className={classes['versions']} aria-label="Endpoints by version of their agent">
      {running.map(({ version, endpoints }) => (
        <li key={version}>
          <span>{version}</span>
          <span className={classes['meter']} aria-hidden>
            <span style={{ width: `${(100 * endpoints) / most}%` }} />
          </span>
          <span>{formatCount(endpoints)}</span>
        </li>
      ))}
    </ul>
  );
}
