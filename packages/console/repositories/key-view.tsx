import type { KeySummary } from '@thimble/protocol';
import type { ReactNode } from 'react';
import { Ago } from '../format/moment.tsx';
import { Tag } from '../states/state-badge.tsx';
import { inGroups } from './place.ts';
import classes from './repositories.module.css';

/** A public key as people compare it with what the vendor publishes. */
export function KeyView({ shown, note }: { shown: KeySummary; note?: ReactNode }) {
  const { fingerprint, userIds, createdAt, expiresAt, problem } = shown;
  return (
    <div className={classes['key']}>
      <code className={classes['fingerprint']}>{inGroups(fingerprint)}</code>
      <span className={classes['keyNote']}>
        {userIds[0] ?? 'no name'}
        {createdAt === null ? null : (
          <>
            {' · made '}
            <Ago at={createdAt} />
          </>
        )}
        {expiresAt === null ? ' · no end' : null}
        {expiresAt === null ? null : (
          <>
            {' · ends '}
            <Ago at={expiresAt} />
          </>
        )}
        {note === undefined ? null : <> · {note}</>}
      </span>
      {problem === '' ? null : <Tag tone="danger">{problem}</Tag>}
    </div>
  );
}
