import type { PolicySummary } from '@thimble/protocol';
import { Tag } from '../../states/state-badge.tsx';
import classes from '../policies.module.css';

/** Whose a policy is, and whether clients follow it; nothing of one that is this organisation's alone. */
export function OriginTag({ policy: { inherited, clients } }: { policy: PolicySummary }) {
  if (inherited !== null)
    return (
      <Tag tone="quiet">
        <span className={classes['origin']}>
          {inherited.enforced ? 'enforced by' : 'inherited from'} {inherited.from}
        </span>
      </Tag>
    );
  if (clients === 'none') return null;
  return <Tag tone="quiet">{clients === 'enforced' ? 'enforced in clients' : 'for clients too'}</Tag>;
}
