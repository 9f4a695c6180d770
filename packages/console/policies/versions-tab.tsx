import type { PolicyVersion } from '@thimble/protocol';
import { Ago } from '../format/moment.tsx';
import { Panel } from '../shell/panel.tsx';
import classes from './policies.module.css';

/** Every version, newest first, with what it changed in words. */
export function VersionsTab({ versions }: { versions: readonly PolicyVersion[] }) {
  return (
    <Panel title="Versions" note="Nothing is ever overwritten: a rollout names the version that it follows" flush>
      {versions.map((version) => (
        <section key={version.version} className={classes['version']} aria-label={`Version ${version.version}`}>
          <div className={classes['versionHead']}>
            <strong>Version {version.version}</strong>
            <span className={classes['dim']}>
              <Ago at={version.changedAt} /> by {version.changedBy}
            </span>
          </div>
          {version.note === '' ? null : <div>{version.note}</div>}
          {version.changes.length === 0 ? (
            <div className={classes['dim']}>
              {version.version === 1 ? 'The first one.' : 'Nothing but its form changed.'}
            </div>
          ) : (
            <ul className={classes['changes']}>
              {version.changes.map((change) => (
                <li key={change.path}>{change.words}</li>
              ))}
            </ul>
          )}
        </section>
      ))}
    </Panel>
  );
}
